"""How this level lives: its own code, ten mornings of the simulated city, and the mistakes one can make."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

LEVEL = Path(__file__).parents[1]
TEN = ("--first", "2021-02-01", "--last", "2021-02-10")


def operate(*words, **environment):
    env = os.environ | {"OMP_NUM_THREADS": "1"} | environment
    command = [sys.executable, "operate.py", *map(str, words)]
    return subprocess.run(command, cwd=LEVEL, env=env, capture_output=True, text=True, check=False)


def test_its_lives_are_listed():
    """The first is the level itself, the others have something changed."""
    first, *others = json.loads(operate("--names").stdout)
    assert first == f"level {LEVEL.name[5]}"
    assert all(name.startswith(f"{first}, ") for name in others)


def test_a_life_that_is_not_there_is_a_mistake(tmp_path):
    done = operate("--life", "level 9", "--folder", tmp_path / "year")
    assert (done.returncode, "--life is one of level" in done.stderr) == (2, True)


def test_a_folder_with_something_in_it_is_kept(tmp_path):
    (tmp_path / "mine").write_text("do not touch")
    done = operate("--folder", tmp_path)
    assert (done.returncode, "not empty" in done.stderr) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.slow
@pytest.mark.each_level
def test_ten_mornings_are_lived_and_somebody_good_serves_from_the_first(tmp_path):
    """Twice the same, but for the seconds."""
    found = []
    for name in ("one", "other"):
        done = operate(*TEN, "--folder", tmp_path / name, "--out", tmp_path / f"{name}.json")
        assert done.returncode == 0, done.stderr
        found.append(json.loads((tmp_path / f"{name}.json").read_text()) | {"seconds": 0})
    one, other = found
    assert one == other
    assert one["crashed"] is None
    assert len(one["errors"]) == 10
    assert sum(one["errors"]) / sum(one["trips"]) < 5.5  # minutes; saying the mean is off by 7
    assert [act["kind"] for act in one["acts"]].count("deploy") >= 1
