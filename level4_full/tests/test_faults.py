"""What breaks under a running service: asked all the while, it answers from the last good models and says so."""

import resource
import time
from collections import Counter
from threading import Event, Thread

import pytest
from serving_place import TOKEN, renumbered
from test_live import spoil
from test_scorer import endless

from taxi.serving import outcomes

pytestmark = pytest.mark.slow
TRIP = {"pickup_zone": 74, "dropoff_zone": 42, "distance_miles": 2.6, "pickup_at": "2021-02-01T08:15:00"}
RECOVERED_SECONDS = 10
UNLOOKED = """
from taxi.serving import scorer
first, Scorer = [], scorer.Scorer
scorer.Scorer = lambda data: Scorer(data) if not first or data in first else None
keep = scorer.Pair.__init__
def load(self, champion, challenger):
    first.append(champion)
    keep(self, champion, challenger)
scorer.Pair.__init__ = load
import serve
serve.cli()
"""  # as if inspection let every challenger pass


class Riders:
    """Somebody who asks all the while; statuses and versions of what came back."""

    def __init__(self, service):
        self.service, self.statuses, self.versions, self._stop = service, Counter(), Counter(), Event()
        self._thread = Thread(target=self._ask)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _ask(self):
        while not self._stop.wait(0.01):
            reply = self.service.ask("/predict", TRIP)
            self.statuses[reply.status] += 1
            self.versions[reply.json.get("model_version")] += 1


def figure(service, name):
    lines = service.ask("/metrics").text.splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith((name + " ", name + "{")))


def until(true, seconds=RECOVERED_SECONDS):
    """How long it took; fails when it does not become true in time."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds
        time.sleep(0.05)
    return time.monotonic() - began


@pytest.mark.parametrize("kind", ["missing", "truncated", "flipped"])
def test_a_spoilt_model_is_told_and_followed_once_it_is_mended(routed, tmp_path, kind):
    whole = routed.file(routed.second).read_bytes()
    spoil(kind)(routed)
    with routed.served(tmp_path) as service, Riders(service) as riders:
        routed.route(routed.trial(1.0))
        until(lambda: "problem" in service.ask("/ready").json, 2)
        assert figure(service, "routes_trouble") == 1
        assert "2" not in riders.versions
        routed.file(routed.second).write_bytes(whole)
        until(lambda: "2" in riders.versions)
        assert "problem" not in service.ask("/ready").json
        assert figure(service, "routes_trouble") == 0
    assert set(riders.statuses) == {200}


def test_on_a_full_disk_answers_are_given_and_what_is_not_written_is_counted(routed, tmp_path):
    """No file of the service may grow: as the kernel refuses on a full disk. Then there is space again."""
    free = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    with routed.served(tmp_path) as service, Riders(service) as riders:
        until(lambda: riders.statuses[200] > 20)
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (1000, free[1]))
        until(lambda: figure(service, "prediction_log_lost_total") > 20)
        request_id = service.ask("/predict", TRIP).json["request_id"]
        told = service.ask(f"/trips/{request_id}/finish", {"duration_minutes": 9.0}, authorization=f"Bearer {TOKEN}")
        assert (told.status, told.json["error"]) == (503, "not_recorded")  # tell it again
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, free)
        lost = figure(service, "prediction_log_lost_total")
        answered = riders.statuses[200]
        until(lambda: riders.statuses[200] > answered + 20)
        assert figure(service, "prediction_log_lost_total") <= lost + 1  # the one that was on its way
        lost = figure(service, "prediction_log_lost_total")
    assert set(riders.statuses) == {200}
    answers_lost = lost - 1  # the outcome was the other one
    assert len(outcomes.joined(routed.log)) == riders.statuses[200] + 1 - answers_lost


def test_an_endless_challenger_costs_a_moment_now_and_then_and_is_replaced_at_once(routed, graph, tmp_path):
    """Inspection refuses such a graph; here it is let pass. The riders of its arm are answered by the champion."""
    place = renumbered(routed, endless(graph))
    with place.served(tmp_path, program=("-c", UNLOOKED)) as service, Riders(service) as riders:
        place.route(place.trial(1.0))
        until(lambda: figure(service, "fallback_total") > 50)
        assert "rests" in service.ask("/ready").json["challenger"]
        assert set(riders.versions) == {"1"}
        routed.route(routed.trial(1.0, generation=2))
        until(lambda: "2" in riders.versions)
    assert set(riders.statuses) == {200}
