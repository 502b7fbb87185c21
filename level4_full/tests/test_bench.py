"""bench.py measures what it says, beside something that is asked the same."""

import json
import re

import bench_constant
import pytest
from bench_client import questions
from running import verb

from taxi import api


def test_the_constant_is_asked_and_answers_the_same():
    """The yardstick checks what the service checks: otherwise the ratio would flatter or blame."""
    assert (bench_constant.Trip, bench_constant.Answer) == (api.Trip, api.Answer)


def test_the_constant_is_the_least_there_is():
    """No pandas, no model: it would weigh on the other scale."""
    code = "import sys, bench_constant; print({'pandas', 'sklearn', 'onnxruntime'} & set(sys.modules))"
    assert verb("-c", code).stdout == "set()\n"


def test_its_questions_are_trips_and_differ():
    bodies = [question.partition(b"\r\n\r\n")[2] for question in questions()]
    assert len(set(bodies)) == len(bodies) == 1000
    for body in bodies:
        api.Trip.model_validate(json.loads(body))


@pytest.mark.slow
def test_a_short_run_shows_every_figure(model_file):
    """Each figure of both, and a ratio, for the service and for a file."""
    done = verb("bench.py", "--rounds", "1", "--seconds", "0.2", "--rows", "3000", TAXI_MODEL_PATH=str(model_file))
    assert done.returncode == 0, done.stderr
    for figure in ("start to first answer, s", "requests/s", "memory, RSS MiB", "trips/s", "CPU, s"):
        (row,) = [line for line in done.stdout.splitlines() if figure in line]
        ours, least, ratio = (float(number.replace(",", "")) for number in re.findall(r"[\d.,]+", row)[-3:])
        assert ours > 0
        assert ratio == pytest.approx(ours / least, rel=0.05, abs=0.01)


@pytest.mark.slow
def test_without_a_model_it_says_what_serve_says(tmp_path):
    done = verb("bench.py", TAXI_MODEL_PATH=str(tmp_path / "none.pkl"))
    assert done.returncode == 2
    assert "make model" in done.stderr
    assert "Traceback" not in done.stderr
