"""What git says of the same files: it tracks them, it counts their lines, and it can apply the diff that is shown."""

import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from made_levels import diff, fill, git, two_levels

from carry.levels import level_folders
from yardstick.diff import compare
from yardstick.tree import PICTURES, is_binary, is_lock, read

HOUSE = Path(__file__).resolve().parents[2]
STEPS = list(pairwise(level_folders(HOUSE)))
pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed: install it, and these tests run")
real = pytest.mark.skipif(not STEPS, reason="no levels beside shared/: run this in the whole house")


def test_what_git_does_not_track_is_not_seen(tmp_path):
    """A scratch file is nobody's lesson; an edit that is not committed counts."""
    levels = two_levels(tmp_path)
    before = {change.path for change in compare(*map(read, levels))}
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    fill(levels[1], {"scratch.py": "x\n", "train.py": "changed()\n"})
    (levels[1] / "taxi/model.py").unlink()
    found = {change.path: change for change in compare(*map(read, levels))}
    assert set(found) == before | {"taxi/model.py"}
    assert (found["train.py"].plus, found["train.py"].minus) == (1, 3)


def test_where_git_tracks_nothing_what_lies_there_is_the_level(tmp_path):
    """A level that somebody has just copied into a repository of his own."""
    levels = two_levels(tmp_path)
    before = list(map(read, levels))
    git(tmp_path, "init", "-q")
    assert list(map(read, levels)) == before


def shown(tree):
    """The files of a level whose lines a diff shows."""
    hidden = {path for path in tree if is_lock(path) or path.endswith(PICTURES) or is_binary(tree[path])}
    return {path: data for path, data in tree.items() if data and path not in hidden}


def applied(root, lower, higher, tmp_path):
    """The files of the lower level once git has applied the diff that the command prints."""
    folder = fill(tmp_path / "applied", shown(read(lower)))
    patch = tmp_path / "printed.patch"
    patch.write_bytes(diff(root, "--from", lower.name, "--to", higher.name).stdout_bytes)
    git(folder, "apply", "--whitespace=nowarn", str(patch))
    return shown(
        {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    )


def test_git_makes_one_level_of_the_other_with_what_is_printed(tmp_path):
    lower, higher = two_levels(tmp_path)
    assert applied(tmp_path, lower, higher, tmp_path) == shown(read(higher))
    shutil.rmtree(tmp_path / "applied")
    assert applied(tmp_path, higher, lower, tmp_path) == shown(read(lower))


@real
@pytest.mark.parametrize(("lower", "higher"), STEPS, ids=lambda folder: folder.name)
def test_git_makes_one_real_level_of_the_other(lower, higher, tmp_path):
    assert applied(HOUSE, lower, higher, tmp_path) == shown(read(higher))


@real
@pytest.mark.parametrize(("lower", "higher"), STEPS, ids=lambda folder: folder.name)
def test_the_sums_of_real_levels_are_those_of_git(lower, higher, tmp_path):
    """The same files, and in sum the same lines gained.

    Of the ways to turn one file into another we count the shortest; git, which hurries over lines that are everywhere
    (blank ones), is now and then a few lines longer on both sides: never shorter, and never by half a percent.
    """
    trees = [read(folder) for folder in (lower, higher)]
    for folder, tree in zip((lower, higher), trees, strict=True):
        fill(tmp_path / folder.name, tree)
    out = git(tmp_path, "diff", "--no-index", "--no-renames", "--numstat", lower.name, higher.name).decode()
    counted = [line.split("\t") for line in out.splitlines()]
    plus, minus = (sum(int(line[place]) for line in counted if line[place] != "-") for place in (0, 1))
    found = compare(*trees)
    more, more_gone = plus - sum(one.plus for one in found), minus - sum(one.minus for one in found)
    assert len(found) == len(counted)
    assert more == more_gone
    assert 0 <= more <= 0.005 * (plus + minus)
