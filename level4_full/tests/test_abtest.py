"""abtest.py tells an experiment from the log alone: its verdict, its days, and a page that can be read."""

import json

import pytest
from experiments import drawn
from verbs import verb

from taxi.serving.record import Finished, Predicted, line

BETTER = {"gain": 0.1, "days": 12}


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """A service's log of twelve days, as the service writes it."""
    folder = tmp_path_factory.mktemp("abtest") / "var"
    log = folder / "serving/log"
    log.mkdir(parents=True)
    with (log / "1-1-0.jsonl").open("wb") as file:
        for row in drawn(**BETTER).itertuples():
            at = int(row.at.timestamp() * 1000)
            trip = row.pickup_zone, 42, 2.6, row.at.strftime("%Y-%m-%dT%H:%M:%S")
            served = row.id, at, None, "1-2-1", row.generation, row.variant, row.by, "1"
            file.write(line(Predicted(*served, *trip, row.champion, row.challenger, None, row.share)))
            file.write(line(Finished(row.id, at + 4 * 3_600_000, row.minutes)))
    return folder


def told(state, *words):
    return verb("abtest.py", *words, TAXI_STATE=str(state))


def test_who_won_is_told_in_words_day_by_day_and_as_a_page(state):
    done = told(state)
    assert done.returncode == 0, done.stderr
    *days, won, place = done.stdout.splitlines()
    assert [one.split()[1] for one in days] == [str(day) for day in range(1, 10)]
    assert [one.split()[2] for one in days[:5]] == ["0%", "1%", "5%", "25%", "50%"]
    assert "it is better" in days[-1]
    assert won == "The challenger won."
    page = (state / "reports/abtest-1-2-1.html").read_text()
    assert place.endswith("reports/abtest-1-2-1.html")
    for said in ("The challenger won", "<svg", "minutes a trip", "evidence", "The least gain"):
        assert said in page


def test_machines_are_told_the_same(state):
    days = [json.loads(one) for one in told(state, "1-2-1", "--json").stdout.splitlines()]
    assert [day["days"] for day in days] == list(range(1, 10))
    assert [day["verdict"]["outcome"] for day in days] == ["wait"] * 8 + ["promote"]
    assert 0 < days[-1]["verdict"]["figures"]["gain"] < 1


def test_a_mistake_is_told(state, tmp_path):
    for where, words, said in ((state, ["9-9-9"], "it knows: 1-2-1"), (tmp_path, [], "there is no log")):
        done = told(where, *words)
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr
