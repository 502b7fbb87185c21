"""The code's hash sees every byte that makes a model and no test; commit, dirt, person and data are on record."""

import shutil
import subprocess
from pathlib import Path

import pytest

import trips
from taxi import lineage
from trips import TARGET

pytest_plugins = ["registry_fixtures"]
LEVEL = Path(__file__).parents[1]


@pytest.fixture
def level(tmp_path, monkeypatch):
    """A copy of the level's code and of trips, to be changed."""
    here, there = tmp_path / "level", tmp_path / "trips"
    shutil.copytree(LEVEL / "taxi", here / "taxi", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(Path(trips.__file__).parent, there, ignore=shutil.ignore_patterns("__pycache__"))
    for file in [*LEVEL.glob("*.py"), LEVEL / "requirements.txt"]:
        shutil.copy(file, here)
    for folder in ("tests", "exercises", "var"):
        (here / folder).mkdir()
    monkeypatch.setattr(lineage, "LEVEL", here)
    monkeypatch.setattr(trips, "__file__", str(there / "__init__.py"))
    return here


@pytest.fixture
def git(level, monkeypatch):
    """The copy in a repository of its own, committed; gives the command."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)

    def run(*words):
        name = ["-c", "user.name=a", "-c", "user.email=a@b"]
        done = subprocess.run(["git", *name, *words], cwd=level.parent, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    (level.parent / ".gitignore").write_text("var/\n")
    (level.parent / "README.md").write_text("the house\n")
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "all"]):
        run(*words)
    return run


@pytest.mark.parametrize("name", ["train.py", "taxi/model.py", "taxi/features.py", "../trips/contract.py",
                                  "../trips/city/rides.py"])  # fmt: skip
def test_one_byte_of_code_is_another_hash(level, name):
    before, file = lineage.code_hash(), level / name
    file.write_bytes(file.read_bytes() + b"\n")
    assert lineage.code_hash() != before
    file.write_bytes(file.read_bytes()[:-1])
    assert lineage.code_hash() == before


def test_a_copy_elsewhere_is_the_same_code(level):
    """The hash is of names and bytes, not of folders and dates."""
    here = lineage.code_hash()
    moved = level.with_name("moved")
    shutil.copytree(level, moved)
    lineage.LEVEL = moved  # the fixture puts it back
    assert lineage.code_hash() == here


def test_a_file_that_is_new_gone_or_renamed_is_another_hash(level):
    hashes = [lineage.code_hash()]
    (level / "taxi" / "new.py").write_text("")
    hashes.append(lineage.code_hash())
    (level / "taxi" / "new.py").rename(level / "taxi" / "newer.py")
    hashes.append(lineage.code_hash())
    (level / "tune.py").unlink()
    hashes.append(lineage.code_hash())
    assert len(set(hashes)) == 4


@pytest.mark.parametrize(
    "name", ["tests/test_new.py", "exercises/answer.py", "var/notes.py", "README.md", "lesson.ipynb"]
)
def test_what_makes_no_model_does_not_change_the_hash(level, name):
    before = lineage.code_hash()
    (level / name).write_text("something = 1\n")
    assert lineage.code_hash() == before


def test_the_lock_is_hashed_to_the_byte_and_unknown_when_it_is_not_there(level):
    before = lineage.lock_hash()
    with (level / "requirements.txt").open("a") as file:
        file.write("# a comment\n")
    assert lineage.lock_hash() != before
    (level / "requirements.txt").unlink()
    assert lineage.lock_hash() == "unknown"


def test_a_clean_commit_is_named_and_clean(git):
    assert lineage.git() == {"git_commit": git("rev-parse", "HEAD"), "git_dirty": "false"}


@pytest.mark.parametrize(
    "name", ["level/taxi/model.py", "level/tests/test_new.py", "level/new.py", "trips/contract.py"]
)
def test_a_changed_or_new_file_of_the_level_or_of_trips_is_dirt(git, level, name):
    with (level.parent / name).open("a") as file:
        file.write("\n")
    assert lineage.git() == {"git_commit": git("rev-parse", "HEAD"), "git_dirty": "true"}


@pytest.mark.parametrize("name", ["README.md", "level/var/mlflow.db"])
def test_other_files_are_not_this_model_s_dirt(git, level, name):
    """Somebody's work elsewhere in the house, and what git ignores."""
    with (level.parent / name).open("a") as file:
        file.write("more\n")
    assert lineage.git()["git_dirty"] == "false"


def test_outside_git_the_commit_is_unknown(level):
    assert lineage.git() == {"git_commit": "unknown", "git_dirty": "unknown"}


def test_without_git_the_commit_is_unknown(git, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert lineage.git() == {"git_commit": "unknown", "git_dirty": "unknown"}


def test_a_folder_without_a_commit_yet_is_unknown(level, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    subprocess.run(["git", "init", "-q"], cwd=level, check=True)
    assert lineage.git() == {"git_commit": "unknown", "git_dirty": "unknown"}


def test_who_is_the_named_one_then_the_workflow_s_actor_then_the_login(monkeypatch):
    monkeypatch.setenv("LOGNAME", "login")
    for name in ("TAXI_WHO", "GITHUB_ACTOR"):
        monkeypatch.delenv(name, raising=False)
    assert lineage.who() == "login"
    monkeypatch.setenv("GITHUB_ACTOR", "actor")
    assert lineage.who() == "actor"
    monkeypatch.setenv("TAXI_WHO", "Ada")
    assert lineage.who() == "Ada"


def test_who_has_a_number_where_there_is_no_name(monkeypatch):
    """A container that runs under a number that is in no list of users."""
    for name in ("TAXI_WHO", "GITHUB_ACTOR", "LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 61234)
    assert lineage.who() == "uid 61234"


def test_the_data_s_hash_is_of_the_trips_in_their_order(months):
    rows = months.valid.head(1000)
    known = lineage.data_hash(rows)
    assert lineage.data_hash(rows.reset_index(drop=True).assign(note="x")[sorted([*rows.columns, "note"])]) == known
    assert lineage.data_hash(rows.iloc[::-1]) != known
    assert lineage.data_hash(rows.head(999)) != known


@pytest.mark.parametrize("column", ["pickup_zone", "dropoff_zone", "distance_miles", TARGET])
def test_one_value_changed_is_other_data(months, column):
    rows = months.valid.head(1000).copy()
    known = lineage.data_hash(rows)
    rows.loc[rows.index[500], column] += 1
    assert lineage.data_hash(rows) != known
