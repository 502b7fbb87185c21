"""What is released is what was checked: one version, the package alone, and a tag that says the same."""

import re
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
from release_notes import NotReleasable, notes
from release_place import CHANGELOG, LEVEL, NAME, RELEASE, Place

STEPS = ["build", "install", "start", "predict", "stop", "predict"]


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Place:
    return Place(tmp_path_factory.mktemp("clone")).build()


@pytest.fixture(scope="module")
def dist(place, tmp_path_factory) -> Path:
    """Wheel and sdist of the level."""
    out = tmp_path_factory.mktemp("dist")
    hatch(place.level, out)
    return out


@pytest.fixture
def copy(tmp_path, model_file) -> Place:
    """A place of one's own, with a model."""
    return Place(tmp_path).build().with_model(model_file)


def hatch(folder: Path, out: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(out)]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def test_the_version_is_written_in_one_place(place):
    """pyproject.toml has it once, no module repeats it, and the service reads it from what is installed."""
    assert (LEVEL / "pyproject.toml").read_text().count(
        place.version
    ) <= 2  # the second is the comment's example of a tag
    modules = [*LEVEL.glob("taxi/*.py"), LEVEL / "serve.py", LEVEL / "predict.py"]
    assert not [path.name for path in modules if place.version in path.read_text()]
    assert version(NAME) == place.version


def test_the_wheel_holds_the_package_and_its_commands_and_nothing_else(dist):
    """Every file of taxi/, the page too; no tests, no notebooks, no model."""
    (wheel,) = dist.glob("*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    files = [path.relative_to(LEVEL) for path in (LEVEL / "taxi").rglob("*") if path.is_file()]
    package = {path.as_posix() for path in files if "__pycache__" not in path.parts}
    assert "taxi/page.html" in package
    assert names == package | {"serve.py", "predict.py"}


def test_the_sdist_is_enough_to_build_the_same_wheel(dist, tmp_path):
    """Byte by byte."""
    (wheel,), (sdist,) = dist.glob("*.whl"), dist.glob("*.tar.gz")
    with tarfile.open(sdist) as tar:
        tar.extractall(tmp_path, filter="data")
    hatch(next(tmp_path.iterdir()), tmp_path / "again")
    assert (tmp_path / "again" / wheel.name).read_bytes() == wheel.read_bytes()


def test_the_sdist_of_shared_leaves_out_what_was_made_there(place, tmp_path):
    """Outside git, where no list of ignored files would do it."""
    made = place.level.parent / "shared/.uv/bin/uv"
    made.parent.mkdir(parents=True)
    made.write_text("38 MB of installer")
    hatch(made.parents[2], tmp_path)
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as tar:
        inside = {name.split("/")[1] for name in tar.getnames()}
    assert inside == {"trips", "carry", "house", "yardstick", "README.md", "pyproject.toml", "PKG-INFO"}


def test_the_notes_are_the_section_of_that_level_and_version():
    assert notes(f"{RELEASE}-v1.2.3", NAME, "1.2.3", CHANGELOG.format(version="1.2.3")) == (
        "- The first release.\n- It serves."
    )
    assert notes(f"{RELEASE}-v0.0.1", NAME, "0.0.1", CHANGELOG) == "- A trial."


@pytest.mark.parametrize(
    ("tag", "changelog", "named"),
    [
        (f"{RELEASE}-v9.9.9", CHANGELOG.format(version="1.2.3"), f"{RELEASE}-v1.2.3"),
        ("level9-v1.2.3", CHANGELOG.format(version="1.2.3"), f"{RELEASE}-v1.2.3"),
        (f"{RELEASE}-v1.2.3$(id)", CHANGELOG.format(version="1.2.3"), f"{RELEASE}-v1.2.3"),
        (f"{RELEASE}-v1.2.3", CHANGELOG.format(version="1x2.3"), f"## {RELEASE} 1.2.3 (YYYY-MM-DD)"),
        (
            f"{RELEASE}-v1.2.3",
            f"## {RELEASE} 1.2.3 (2026-08-01)\n\n## {RELEASE} 1.2.2 (2026-07-01)\n\n- Old.\n",
            "CHANGELOG.md",
        ),
        (f"{RELEASE}-v1.2.3", f"## {RELEASE} 1.2.3\n\n- No date.\n", "(YYYY-MM-DD)"),
    ],
)
def test_a_tag_that_is_not_the_version_or_not_in_the_changelog_is_refused(tag, changelog, named):
    with pytest.raises(NotReleasable) as refused:
        notes(tag, NAME, "1.2.3", changelog)
    assert named in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_users_mistake_is_one_line_and_exit_code_2(place):
    """Said at once, before anything is built."""
    for words, said in {
        ("release_check.py", "--tag", f"{RELEASE}-v9.9.9"): f"tag {RELEASE}-v{place.version}",
        ("release_check.py", "--tag", f"{RELEASE}-v{place.version}"): "make model",
        ("release_notes.py", f"{RELEASE}-v9.9.9"): f"tag {RELEASE}-v{place.version}",
        ("release_notes.py",): "name one tag",
    }.items():
        done = place.run(*words)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert said in done.stderr
    assert not (place.level / "dist").exists()
    assert place.run("release_notes.py", f"{RELEASE}-v{place.version}").stdout == "- The first release.\n- It serves.\n"


@pytest.mark.slow
def test_a_clone_passes_the_release_check_and_nothing_is_left_but_dist(copy):
    """From sources to an answer, with one line a step."""
    before = copy.files()
    done = copy.run("release_check.py", "--tag", f"{RELEASE}-v{copy.version}")
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == STEPS
    assert all(re.search(r" \d+\.\d s$", line) for line in done.stdout.splitlines())
    new = copy.files() - before
    assert {Path(path).parent.name for path in new if "__pycache__" not in path} == {"dist"}
    assert sorted(Path(path).suffix for path in new if "/dist/" in path) == [".gz", ".gz", ".whl", ".whl"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("pyproject.toml", r"^only-include = (.*)$", r'only-include = \1\nexclude = ["taxi/page.html"]', "page.html"),
        ("requirements-image.txt", r"^httptools==(.*\\\n)*.*\n", "", "httptools"),
        ("serve.py", r"version\(LEVEL\)", '"0"', "release"),
    ],
    ids=["a file left out of the wheel", "a package left out of the lock", "a second version"],
)
def test_a_package_that_only_works_at_home_is_caught(copy, file, old, new, said):
    copy.change(file, old, new)
    done = copy.run("release_check.py")
    assert done.returncode == 2
    assert said in done.stderr.splitlines()[-1]
