"""What levels have in common stays identical, or is declared: `carry check`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from carry_house import LEVELS, House

from carry import File, Level, problems, read_levels, summary

ZERO, ONE, TWO = LEVELS
HERE = Path(__file__).resolve().parents[2]


@pytest.fixture
def house(tmp_path):
    """Three levels that carry two files; neither git nor a declaration."""
    return House(tmp_path).fill({"serve.py": "one\ntwo\n", "taxi/model.py": "fit\n"})


def kinds(house):
    return [(problem.kind, problem.path, problem.upper) for problem in problems(read_levels(house.root))]


def test_identical_levels_are_clean(house, capsys):
    """Two files, held in step over three levels, are four copies."""
    assert house.carry("check") == 0
    assert capsys.readouterr().out == "carry: 4 files carried over 3 levels, 0 changed on purpose\n"


def test_a_new_file_of_a_higher_level_is_its_lesson(house):
    house.write(f"{TWO}/train.py", "new")
    assert kinds(house) == []


def test_a_drifted_copy_is_named_at_both_levels_with_its_remedy(house, capsys):
    """The fix belongs where the file is born, not one level below the copy."""
    house.write(f"{TWO}/serve.py", "mine\n")
    assert house.carry("check") == 1
    out = capsys.readouterr().out
    assert f"{TWO}/serve.py is not {ONE}/serve.py any more. Make the change in {ZERO}/serve.py" in out
    assert f"python -m carry stamp {TWO} serve.py" in out
    assert len(out.splitlines()) == 2


def test_a_fix_made_below_a_copy_is_drift_too(house):
    house.write(f"{ZERO}/serve.py", "fixed\n")
    assert kinds(house) == [("drifted", "serve.py", ONE)]


def test_a_deleted_copy_is_missed(house):
    (house.root / TWO / "taxi/model.py").unlink()
    assert kinds(house) == [("deleted", "taxi/model.py", TWO)]


def test_the_executable_bit_is_carried(house):
    house.write(f"{ONE}/serve.py", "one\ntwo\n", executable=True)
    assert kinds(house) == [("bit", "serve.py", ONE), ("bit", "serve.py", TWO)]


def test_a_levels_own_and_generated_files_are_ignored(house):
    for name in ("README.md", "Makefile", "lesson.ipynb", "requirements.txt", "exercises/one/task.py", ".venv/bin/x",
                 "var/mlflow.db", "taxi/__pycache__/model.pyc", "model.pkl", ".coverage", "x.egg-info/P"):  # fmt: skip
        house.write(f"{ZERO}/{name}", "own")
    assert kinds(house) == []


def test_a_readme_inside_a_room_is_carried(house):
    house.write(f"{ZERO}/taxi/README.md", "room")
    assert kinds(house) == [("deleted", "taxi/README.md", ONE)]


def test_a_level_on_its_own_is_clean(house):
    """Copied out of the house, its declarations have nothing to be compared with."""
    alone = [Level(TWO, {"serve.py": File("ab")}, {"serve.py": "cd"}, ())]
    assert problems(alone) == []
    assert summary(alone) == "carry: 0 files carried over 1 level, 0 changed on purpose"


def test_a_missing_level_between_is_said(house):
    levels = [level for level in read_levels(house.root) if level.name != ONE]
    assert problems(levels) == []
    assert summary(levels).endswith(f"not compared, the level below is not here: {TWO}")


@pytest.mark.parametrize(("toml", "says"), [("[tool", "is not TOML"), ("[tool.carry]\nchange = {}", "'changes'"),
    ("[tool.carry]\ndrops = 'serve.py'", "no list"), ("[tool.carry]\nchanges = ['serve.py']", "no table")])  # fmt: skip
def test_bad_declarations_are_one_line_and_exit_code_2(house, capsys, toml, says):
    house.write(f"{ONE}/pyproject.toml", toml)
    assert house.carry("check") == 2
    err = capsys.readouterr().err
    assert says in err
    assert f"{ONE}/pyproject.toml" in err
    assert len(err.splitlines()) == 1


def test_a_link_is_refused(house, capsys):
    """A level stands alone: a link into another would be cut when it is copied out."""
    (house.root / TWO / "serve.py").unlink()
    (house.root / TWO / "serve.py").symlink_to(f"../{ONE}/serve.py")
    assert house.carry("check") == 2
    assert "is a link" in capsys.readouterr().err


def test_two_levels_of_one_number_and_no_levels_are_mistakes(house, capsys, tmp_path):
    house.write("level1_other/serve.py", "")
    assert house.carry("check") == 2
    assert House(tmp_path / "nowhere").carry("check") == 2
    assert "--root" in capsys.readouterr().err


def test_levels_in_the_current_folder_come_before_the_house(house):
    """As a person runs it: from any house, with `python -m carry`."""
    house.write(f"{TWO}/serve.py", "mine\n")
    env = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    done = subprocess.run(
        [sys.executable, "-m", "carry", "check"], cwd=house.root, env=env, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert f"{TWO}/serve.py" in done.stdout


def test_this_house_is_clean(capsys):
    """The levels of the course itself."""
    if not list(HERE.glob("level[0-9]_*")):
        pytest.skip("no level folders beside shared/: run this in the whole house")
    assert House(HERE).carry("check") == 0, capsys.readouterr().out
