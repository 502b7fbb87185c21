"""Fixes flow upward and nobody's work is lost: `carry up`."""

import pytest
from carry_house import LEVELS, House, sha
from hypothesis import given
from hypothesis import strategies as st

from carry import File, Level, plan, problems

ZERO, ONE, TWO = LEVELS


@pytest.fixture
def house(tmp_path):
    """Three levels that carry one file; not in git."""
    return House(tmp_path).fill({"serve.py": "one\n"})


def test_a_fix_at_level_0_flows_to_level_2(house, capsys):
    """Level by level, folders made on the way, the executable bit with it, each copy printed."""
    house.write(f"{ZERO}/serve.py", "fixed\n", executable=True)
    house.write(f"{ZERO}/taxi/new.py", "new\n")
    assert house.carry("up") == 0
    out = capsys.readouterr().out
    assert f"{ONE}/serve.py -> {TWO}/serve.py (overwritten: not in git, its old text is gone)\n" in out
    assert f"{ONE}/taxi/new.py -> {TWO}/taxi/new.py\n" in out
    assert house.read(f"{TWO}/serve.py") == "fixed\n"
    assert (house.root / TWO / "serve.py").stat().st_mode & 0o777 == 0o755
    assert house.carry("check") == 0


def test_up_again_does_nothing(house, capsys):
    house.write(f"{ZERO}/serve.py", "fixed\n")
    house.carry("up")
    capsys.readouterr()
    assert house.carry("up") == 0
    assert capsys.readouterr().out == "carry: 0 files copied\n"
    assert not list(house.root.rglob("*.part"))


def test_up_stops_at_a_declared_change(house):
    """The changed file stays, and the level above keeps its copy of the changed one."""
    house.write(f"{ONE}/serve.py", "changed\n")
    house.declare(ONE, {"serve.py": sha("one\n")})
    house.write(f"{ZERO}/serve.py", "fixed\n")
    house.carry("up")
    assert [house.read(f"{level}/serve.py") for level in LEVELS] == ["fixed\n", "changed\n", "changed\n"]


def test_an_edit_that_git_does_not_hold_is_not_overwritten(house, capsys):
    """Nothing at all is copied, the file is named, and --force is the way through."""
    house.commit()
    house.write(f"{TWO}/serve.py", "an hour of work\n")
    house.write(f"{ZERO}/taxi/new.py", "new\n")
    assert house.carry("up") == 2
    assert f"{TWO}/serve.py" in capsys.readouterr().err
    assert house.read(f"{TWO}/serve.py") == "an hour of work\n"
    assert not (house.root / ONE / "taxi/new.py").exists()
    assert house.carry("up", "--force") == 0
    assert house.read(f"{TWO}/serve.py") == "one\n"


def test_a_committed_copy_is_replaced(house, capsys):
    """Git can give it back."""
    house.write(f"{TWO}/serve.py", "drifted\n")
    house.commit()
    assert house.carry("up") == 0
    assert f"{ONE}/serve.py -> {TWO}/serve.py (replaced)" in capsys.readouterr().out


def test_carrying_twice_between_commits_needs_no_force(house):
    """What carry itself put there is nobody's work."""
    house.commit()
    for text in ("first try\n", "second try\n"):
        house.write(f"{ZERO}/serve.py", text)
        assert house.carry("up") == 0
    assert house.read(f"{TWO}/serve.py") == "second try\n"


def test_a_folder_in_the_place_of_a_file_is_one_line(house, capsys):
    """What the disk refuses is a message and exit code 2, never a traceback."""
    (house.root / ONE / "serve.py").unlink()
    house.write(f"{ONE}/serve.py/inside.py", "")
    assert house.carry("up") == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


FILES = st.dictionaries(st.sampled_from("abcde"), st.builds(File, st.sampled_from("123"), st.booleans()))
SOME = st.sets(st.sampled_from("abcde"))


@given(st.lists(st.tuples(FILES, SOME, SOME), min_size=1, max_size=4))
def test_after_up_nothing_undeclared_is_left(drawn):
    """Whatever the levels hold and declare: copying leaves no drift, touches nothing declared, and is done at once."""
    levels = [Level(f"level{i}_x", files, dict.fromkeys(changes, "1"), tuple(drops))
              for i, (files, changes, drops) in enumerate(drawn)]  # fmt: skip
    trees = {level.name: dict(level.tree) for level in levels}
    for copy in plan(levels):
        trees[copy.upper][copy.path] = trees[copy.lower][copy.path]
    after = [Level(level.name, trees[level.name], level.changes, level.drops) for level in levels]
    assert plan(after) == []
    assert not {"drifted", "bit", "deleted"} & {problem.kind for problem in problems(after)}
    for old, new in zip(levels, after, strict=True):
        declared = {*old.changes, *old.drops}
        assert {p: f for p, f in old.tree.items() if p in declared} == {
            p: f for p, f in new.tree.items() if p in declared
        }
