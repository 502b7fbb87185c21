"""`make TARGET` in each folder: what it says at the end, and the seconds that it writes down."""

import os
import subprocess
from pathlib import Path

import pytest

STEPS = Path(__file__).parents[1] / "house" / "steps.sh"


@pytest.fixture
def house(tmp_path):
    """Two folders that go well, one that fails, one that does not know the target."""
    well = "test:\n\t@true\n"
    for name, rule in {"one": well, "two": well, "bad": "test:\n\t@false\n", "else": ""}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "Makefile").write_text(rule)
    return tmp_path


def steps(house, *folders, **env):
    command = ["sh", str(STEPS), "test", *folders]
    return subprocess.run(command, cwd=house, env=os.environ | env, capture_output=True, text=True, check=False)


def test_seconds_of_what_went_well_are_added_to_the_file_that_is_named(house):
    for _ in range(2):
        steps(house, "one", "bad", "two", "else", HOUSE_SECONDS="seconds.txt")
    lines = (house / "seconds.txt").read_text().splitlines()
    assert [line.rsplit(" ", 1)[0] for line in lines] == ["test one", "test two"] * 2
    assert all(int(line.split()[2]) < 60 for line in lines)


def test_a_failure_is_named_at_the_end_and_the_others_run(house):
    done = steps(house, "bad", "one", "else", HOUSE_SECONDS="")
    assert done.returncode != 0
    assert "look above at: bad" in done.stdout
    assert "else" not in done.stdout
    assert not (house / "seconds.txt").exists()
