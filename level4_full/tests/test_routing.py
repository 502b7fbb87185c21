"""Who is answered by whom: the same for ever within an experiment, in the right parts, and anew in the next one."""

import json
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from running import LEVEL
from scipy.stats import chisquare

from taxi.errors import BadRoutes
from taxi.serving import routing
from taxi.serving.routing import CHALLENGER, CHAMPION, Table, Version, arm, bucket

ONE, TWO = Version("1", "a" * 64), Version("2", "b" * 64)
UNITS = 100_000
GOLDEN = {  # bucket of experiment 7-8-1: another value would deal running experiments anew
    "rider-0": 709, "rider-1": 3086, "rider-2": 1059, "rider-3": 7038, "Zoë": 2521, "": 1366, "a": 5912, "b": 4002,
    "c": 9404, "74": 7170, "265": 5386, "x" * 128: 308, "日本": 6166, "1": 2620, "2": 2002, "3": 8866, "4": 7937,
    "5": 8440, "6": 9859, "7": 6502,
}  # fmt: skip


def trial(share, experiment_id="7-8-1"):
    return Table(ONE, TWO, share, experiment_id, 1)


def ids(kind):
    return [str(n) if kind == "sequential" else f"{n * 2654435761 % 2**32:08x}" for n in range(UNITS)]


def test_every_release_deals_as_the_one_before():
    assert {unit: bucket(unit, "7-8-1") for unit in GOLDEN} == GOLDEN


def test_assignments_are_the_same_in_every_process():
    """A hundred thousand riders, whatever Python's own hashes are seeded with."""
    code = (
        "import hashlib; from taxi.serving.routing import bucket;"
        f"print(hashlib.sha256(str([bucket(str(n), '7-8-1') for n in range({UNITS})]).encode()).hexdigest())"
    )
    said = {
        subprocess.run([sys.executable, "-c", code], cwd=LEVEL, env={"PYTHONHASHSEED": seed, "PATH": ""},
                       capture_output=True, text=True, check=True).stdout
        for seed in ("0", "1", "random")
    }  # fmt: skip
    assert len(said) == 1


@pytest.mark.parametrize("kind", ["sequential", "scattered"])
@pytest.mark.parametrize("share", [0.01, 0.05, 0.25, 0.5])
def test_the_split_is_the_share(share, kind):
    """Of a hundred thousand; by chance, one seed in a thousand would fail."""
    found = sum(arm(unit, trial(share)) == CHALLENGER for unit in ids(kind))
    assert chisquare([found, UNITS - found], [UNITS * share, UNITS * (1 - share)]).pvalue > 0.001


def test_a_growing_share_moves_nobody_back():
    shares = [0, 0.0001, 0.01, 0.05, 0.25, 0.5, 0.99, 1]
    on_trial = [
        {unit for unit in ids("sequential")[:20_000] if arm(unit, trial(share)) == CHALLENGER} for share in shares
    ]
    assert all(fewer <= more for fewer, more in pairwise(on_trial))
    assert (len(on_trial[0]), len(on_trial[-1])) == (0, 20_000)


@given(st.text(), st.floats(0, 1), st.floats(0, 1))
def test_nobody_leaves_the_challenger_when_the_share_grows(unit, one, other):
    less, more = sorted((one, other))
    assert not (arm(unit, trial(less)) == CHALLENGER and arm(unit, trial(more)) == CHAMPION)


def test_two_experiments_are_independent():
    """The correlation of both assignments is below .01; of an experiment with itself it is 1."""
    units = ids("sequential")
    one, other = ([arm(unit, trial(0.5, name)) == CHALLENGER for unit in units] for name in ("7-8-1", "7-9-2"))
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.01
    assert np.corrcoef(one, one)[0, 1] == pytest.approx(1)


def test_the_experiment_and_the_unit_do_not_run_into_each_other():
    assert bucket("c", "ab") != bucket("bc", "a")


def test_a_table_comes_back_as_it_was_written(tmp_path):
    for table in (Table(ONE), trial(0.05)):
        routing.write(table, tmp_path / "routes.json")
        assert routing.read(tmp_path / "routes.json") == table
    assert [path.name for path in tmp_path.iterdir()] == ["routes.json"]


@pytest.mark.parametrize("wrong", [
    {"share": 0.1}, {"share": -0.1, "challenger": TWO}, {"share": 1.1, "challenger": TWO, "experiment_id": "x"},
    {"challenger": TWO}, {"challenger": TWO, "experiment_id": "a b"}, {"challenger": TWO, "experiment_id": "x" * 65},
    {"share": float("nan"), "challenger": TWO, "experiment_id": "x"},
])  # fmt: skip
def test_a_table_that_cannot_be_is_refused(wrong):
    with pytest.raises(BadRoutes):
        Table(ONE, **wrong)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", "null", '{"champion": 5}', json.dumps({"champion": {"number": "1"}})]
)
def test_a_file_that_is_no_table_is_refused_with_the_remedy(tmp_path, text):
    (tmp_path / "routes.json").write_text(text)
    with pytest.raises(BadRoutes, match=r"python route\.py"):
        routing.read(tmp_path / "routes.json")


def test_no_file_is_refused_with_the_remedy(tmp_path):
    with pytest.raises(BadRoutes, match=r"python route\.py"):
        routing.read(tmp_path / "routes.json")
