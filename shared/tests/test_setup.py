"""setup.sh makes an environment from the lock, once, wherever it stands."""

import os
import shutil
import time

import pytest
from setup_place import LOCKED, Place, lock, need, real_uv, wheel_of_uv


@pytest.fixture
def place(tmp_path):
    """A real Python, no uv on PATH, the uv of an earlier set-up; and a space in every path, as in "My Documents"."""
    return Place(tmp_path / "with a space").build().python().own_uv()


def ready(result) -> bool:
    """Set up, said so on stdout, and silent on stderr."""
    assert (result.returncode, result.stderr) == (0, "")
    return "setup: level is ready" in result.stdout


def test_the_level_and_shared_are_installed_so_that_edits_count_at_once(place):
    assert ready(place.setup())
    code = "import taxi, trips; print(taxi.__file__); print(trips.__file__)"
    found = place.run(str(place.level / ".venv/bin/python"), "-c", code).stdout.splitlines()
    assert found == [f"{place.level}/taxi/__init__.py", f"{place.root}/shared/trips/__init__.py"]
    assert not list((place.root / "tmp").iterdir())


def test_shared_sets_up_itself(place):
    """Its own folder is the package, and nothing is installed twice."""
    (place.root / "shared/requirements.txt").write_text(lock(*LOCKED))
    place.level.rename(place.root / "other")
    place.level.symlink_to(place.root / "shared")
    result = place.setup()
    assert (result.returncode, result.stderr) == (0, "")
    assert (place.root / "shared/.venv/stamp").exists()


def test_make_finds_everything_in_a_folder_with_a_space(place):
    """`make setup` and `.venv/bin/pytest`-like scripts: nothing is split at the space."""
    result = place.run(shutil.which("make"), "-C", str(place.level), "setup")
    assert ready(result)
    assert place.run(str(place.level / ".venv/bin/hatchling"), "--help").returncode == 0


def test_a_second_run_does_nothing(place):
    """No call of uv, no word, no file touched, and back at once."""
    place.system_uv(f'exec "{real_uv()}" "$@"')
    assert ready(place.setup())
    calls, stamp = place.calls(), (place.level / ".venv/stamp").stat().st_mtime_ns
    started = time.monotonic()
    result = place.setup()
    assert time.monotonic() - started < 2
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert place.calls() == calls
    assert (place.level / ".venv/stamp").stat().st_mtime_ns == stamp


def test_a_changed_lock_is_set_up_again(place):
    """What the lock no longer names is gone."""
    assert ready(place.setup())
    assert list(place.level.glob(".venv/lib/*/site-packages/iniconfig"))
    (place.level / "requirements.txt").write_text(lock(*(name for name in LOCKED if name != "iniconfig")))
    assert ready(place.setup())
    assert not list(place.level.glob(".venv/lib/*/site-packages/iniconfig"))


def test_a_half_made_environment_is_made_again(place):
    """The stamp comes last: without it, whatever lies there is not trusted."""
    python = place.program("level/.venv/bin/python", "exit 1")
    assert ready(place.setup())
    assert place.run(str(python), "-c", "import taxi").returncode == 0


def test_a_moved_course_is_set_up_again(place):
    """Scripts in .venv/bin name their folder; a moved one would run the Python of the old place."""
    assert ready(place.setup())
    moved = Place(place.root.rename(place.root.parent / "moved here"))
    assert ready(moved.setup())


def test_an_activated_environment_can_make_itself_again(place):
    """The learner's shell has .venv/bin first on PATH when the lock changes."""
    assert ready(place.setup())
    (place.level / "requirements.txt").write_text(lock(*LOCKED) + "# changed\n")
    active = {"VIRTUAL_ENV": str(place.level / ".venv"), "PATH": f"{place.level}/.venv/bin:{place.root}/bin"}
    assert ready(place.setup(**active))
    assert place.run(str(place.level / ".venv/bin/python"), "-c", "import taxi, trips").returncode == 0


def test_a_system_uv_is_used(place):
    shutil.rmtree(place.root / "shared/.uv")
    place.system_uv(f'exec "{real_uv()}" "$@"')
    assert ready(place.setup())
    assert "venv" in place.calls()
    assert not (place.root / "shared/.uv").exists()


def test_a_too_old_system_uv_is_not_used(place):
    """It is asked for its version and for nothing else."""
    place.system_uv("exit 1", version="0.7.22")
    assert ready(place.setup())
    assert set(place.calls()) == {"--version"}


def test_python_can_be_named(place):
    """The named one is used although another comes first on PATH, by a path with a space too."""
    (place.root / "bin/python3").rename(place.root / "bin/my python")
    place.program("python3", "echo Python 3.8.10")
    assert ready(place.setup(PYTHON=str(place.root / "bin/my python")))


@pytest.mark.parametrize("has_pip", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_uv_is_installed_by_pip_where_there_is_none(place, has_pip):
    """By this Python's pip, or, when it has none, by one in a throw-away environment; never into the system."""
    need("ensurepip" if not has_pip else "pip", "python3-pip python3-venv")
    shutil.rmtree(place.root / "shared/.uv")
    wheel_of_uv(place.root / "wheels")
    links = (place.root / "wheels").as_uri()  # not a path: pip splits the variable at spaces
    place.env |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": links, "PIP_CONFIG_FILE": os.devnull}
    place.env |= {"PIP_REQUIRE_VIRTUALENV": "1", "PIP_USER": "1"}  # some people's habit
    if not has_pip:
        place.python('[ "$1 $2" != "-m pip" ] || exit 1')
    assert ready(place.setup())
    assert (place.root / "shared/.uv/bin/uv").exists()
    assert not (place.root / "shared/.boot").exists()
