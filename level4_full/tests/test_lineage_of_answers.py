"""From an answer back to what made it: a thousand answers of a service that the loop stocked, each traced whole."""

import json
import random
import time
from contextlib import closing
from datetime import timedelta

import loop_place
import pytest
from loop_place import FIRST, lived, world
from running import verb
from serving_place import TOKEN

from taxi.errors import BadInput
from taxi.loop.trace import Tracer
from taxi.serving import own

pytest_plugins = ["loop_fixtures"]
TRIPS, RIDDEN = 1_000, (0, 8, 9, 11)
MADE = {"git_commit", "git_dirty", "code_hash", "lock_hash"}


@pytest.fixture(scope="module")
def served(begun, tmp_path_factory):
    """Mornings that bring a canary and a promotion, and riders between them; nothing is restarted."""
    from registry_place import Place

    settings = Place(begun.state).copy(tmp_path_factory.mktemp("served") / "var").settings
    slower = [FIRST + timedelta(days=ahead) for ahead in range(3, 20)]
    with pytest.MonkeyPatch.context() as patch:
        loop_place.no_service_of_its_own(patch)
        loop = loop_place.Loop(settings, "city", rules=loop_place.QUICK, bring=world(slower))
        lived(loop, 1)
        with own.started(settings.state, TAXI_TOKEN=TOKEN) as port, closing(own.Line(port, TOKEN)) as line:
            loop.settings = settings.model_copy(update={"service": f"http://127.0.0.1:{port}"})
            for ahead in range(12):
                lived(loop, 1, FIRST + timedelta(days=ahead))
                assert loop.ledger.get("followed").startswith("the service follows"), loop.ledger.get("followed")
                if ahead in RIDDEN:
                    ride(line, random.Random(ahead))
    return loop


def ride(line, chance):
    for number in range(TRIPS // len(RIDDEN) + 1):
        trip = {"pickup_zone": chance.randint(1, 265), "dropoff_zone": chance.randint(1, 265),
                "distance_miles": round(chance.uniform(0.1, 20), 2), "pickup_at": "2021-01-20T08:15:00",
                "rider_id": f"rider-{number}"}  # fmt: skip
        said = line.post("/predict", trip)
        line.post(f"/trips/{said['request_id']}/finish", {"duration_minutes": 14.0})


@pytest.fixture(scope="module")
def tracer(served):
    return Tracer(served.settings)


def test_a_thousand_answers_are_traced_whole(served, tracer):
    """Trip, variant, version, bytes, run, commit, lock, days, gate, actor: every link is there, and was looked at."""
    ids = tracer.requests()
    assert len(ids) >= TRIPS
    began, versions = time.monotonic(), set()
    for request_id in random.Random(0).sample(ids, TRIPS):
        found = tracer.trace(request_id)
        versions.add(found["version"])
        assert found["variant"] in ("champion", "challenger")
        assert set(found["features"]) == {"distance_miles", "pickup_zone", "dropoff_zone", "hour", "weekday"}
        assert found["took"] == 14.0
        assert len(found["features sha256"]) == len(found["model sha256"]) == len(found["policy"]) == 64
        assert set(found["made of"]) >= MADE
        assert found["actor"].startswith("loop@")
        assert found["days"]
        assert found["data"]
        assert found["gate"]
        assert found["decided"]
        assert found["run"]
    assert versions >= {"1", "2"}  # what served before, and a candidate
    print(f"{TRIPS} answers traced in {time.monotonic() - began:.1f} s")


def test_an_answer_is_made_again_from_its_trace(served, tracer):
    """The version's graph, asked about the features on record, says what the rider was told."""
    import numpy as np

    from taxi.graph import Scorer

    for request_id in tracer.requests()[::97]:
        found = tracer.trace(request_id)
        graph = served.registry.graph(served.registry.version(found["version"]))
        again = Scorer(graph).predict(np.array([list(found["features"].values())], np.float32))
        assert float(again[0]) == pytest.approx(found["minutes"], abs=1e-5)


def test_the_verb_says_it_as_json(served, tracer):
    done = verb("lineage.py", tracer.requests()[0], TAXI_STATE=str(served.settings.state))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["version"] == "1"


@pytest.mark.parametrize("request_id", ["0" * 32, "nonsense"])
def test_an_answer_of_nobody_is_said(tracer, request_id):
    with pytest.raises(BadInput, match="the log has no answer"):
        tracer.trace(request_id)


def test_a_day_that_was_exchanged_is_found(served):
    """The chain ends in bytes: a day's file that is another one now breaks it."""
    tracer = Tracer(served.settings)
    day, sha = next(iter(tracer.version("1")["days"].items()))
    path = served.days.batches.folder / f"{day}.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(BadInput, match="not the file that was taken in"):
        Tracer(served.settings).version("1")
    path.write_bytes(whole)
    assert Tracer(served.settings).version("1")["days"][day] == sha


def test_what_answered_is_trained_again_from_its_record(served, tracer):
    """By its request: equal predictions on every trip that it learned from."""
    import reproduce

    for number in ("1", "2"):
        said = reproduce.reproduce(served.registry, served.registry.version(number), served.settings)
        assert "are equal" in said
    done = verb("reproduce.py", tracer.requests()[-1], TAXI_STATE=str(served.settings.state))
    assert "reproduced" in done.stdout, done.stderr
