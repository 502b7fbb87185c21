"""Every level, copied with shared/ to an empty folder outside git, sets up, tests and runs there."""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from threading import Timer

import pytest

ROOT = Path(__file__).parents[2]
LEVELS = sorted(path.parent for path in ROOT.glob("level[0-9]_*/Makefile"))
MADE_HERE = (".git", ".venv", ".boot", ".tools", "__pycache__", ".*_cache", ".hypothesis", ".coverage", "var", "dist")
SECONDS = {"setup": 600, "test": 1800, "tour": 900}
STEERING = ("GIT_", "MAKE", "MFLAGS", "ARGS", "PYTEST_", "PYTHON", "VIRTUAL_ENV", "TRIPS_DIR", "HOUSE_")


@pytest.fixture
def alone(tmp_path):
    """A function that copies a level and shared/, and nothing that was made in them, to a new folder."""

    def copy(level: Path) -> Path:
        for folder in (ROOT / "shared", level):  # the installer .uv comes along: it needs no second download
            shutil.copytree(folder, tmp_path / folder.name, ignore=shutil.ignore_patterns(*MADE_HERE))
        above = [folder for folder in (tmp_path, *tmp_path.parents) if (folder / ".git").exists()]
        assert not above, f"{above[0]} is in git: run with TMPDIR set to a folder that is not"
        return tmp_path / level.name

    return copy


def own(level: Path) -> str:
    """The tests that the level above has not unchanged, as `make test` in the root picks them; of the highest, all."""
    above = next((one for one in LEVELS if one.name > level.name), None)
    tests = [path for path in sorted(level.glob("tests/test_*.py")) if above is None or not same(path, above)]
    return " ".join(str(path.relative_to(level)) for path in tests)


def same(path: Path, above: Path) -> bool:
    other = above / "tests" / path.name
    return other.is_file() and other.read_bytes() == path.read_bytes()


def make(folder: Path, target: str, *words: str) -> None:
    """Run a target as a learner would, with nothing in the environment that points back here."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(STEERING)}
    command = ["make", "-C", str(folder), target]
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(
        [*command, *words], cwd=folder, env=env, text=True, start_new_session=True, **both
    ) as process:
        clock = Timer(SECONDS[target], os.killpg, (process.pid, signal.SIGKILL))  # make's children with it
        clock.start()
        output, _ = process.communicate()
        clock.cancel()
    tail = "\n".join(output.splitlines()[-40:])
    assert process.returncode == 0, f"make {target} in a copy of {folder.name}: exit {process.returncode}\n{tail}"


def files(root: Path) -> dict[str, tuple[int, int]]:
    """Size and time of every file of the course: what git holds, and what each level keeps in var."""
    skip = shutil.ignore_patterns(*(name for name in MADE_HERE if name not in ("var", "dist")))
    found = {}
    for folder, folders, names in os.walk(root):
        folders[:] = set(folders) - skip(folder, folders)
        for path in (Path(folder, name) for name in set(names) - skip(folder, names)):
            found[str(path.relative_to(root))] = (path.lstat().st_size, path.lstat().st_mtime_ns)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_a_level_stands_alone(level, alone):
    """No other level, no git, no root Makefile: it sets up, and its tests find all that they import."""
    copy = alone(level)
    make(copy, "setup")
    make(copy, "test", "ARGS=--collect-only")


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_it_is_tested_and_does_its_main_job_alone(level, alone):
    """And not a file changes where it was copied from."""
    before = files(ROOT)
    copy = alone(level)
    make(copy, "setup")
    make(copy, "test", f"ARGS={own(level)}")
    make(copy, "tour")
    assert files(ROOT) == before
