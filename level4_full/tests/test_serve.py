"""The service over real HTTP: what it answers, and that it answers what the model predicts."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from taxi.model import table

HEX = re.compile(r"[0-9a-f]{32}")


def asked(rows):
    """Rows of a month as somebody would ask for them."""
    columns = ["pickup_zone", "dropoff_zone", "distance_miles", "pickup_at"]
    return rows[columns].assign(pickup_at=rows["pickup_at"].dt.strftime("%Y-%m-%dT%H:%M:%S")).to_dict("records")


def predictions(service):
    """How many trips it says it has answered."""
    found = re.findall(r"^predictions_total(?:\{.*\})? (\S+)$", service.ask("/metrics").text, re.MULTILINE)
    return sum(map(float, found))


def test_a_trip_is_answered_with_minutes_and_the_model_that_says_so(service, model_file, trip):
    from taxi import store

    reply = service.ask("/predict", trip)
    assert reply.status == 200
    assert set(reply.json) >= {"duration_minutes", "model_version", "request_id"}
    assert 3 < reply.json["duration_minutes"] < 60
    assert reply.json["model_version"] == store.load(model_file).version
    assert HEX.fullmatch(reply.json["request_id"])


def test_every_answer_has_a_name_of_its_own(service, trip):
    batch = service.ask("/predict/batch", {"trips": [trip] * 20}).json["predictions"]
    single = [service.ask("/predict", trip).json for _ in range(5)]
    assert len({answer["request_id"] for answer in batch + single}) == 25


def test_a_rider_may_say_who_he_is(service, trip):
    """It changes nothing yet: at level 3 the same rider meets the same model."""
    plain = service.ask("/predict", trip).json["duration_minutes"]
    assert service.ask("/predict", trip | {"rider_id": "R-1"}).json["duration_minutes"] == plain
    assert service.ask("/predict", trip | {"rider_id": None}).json["duration_minutes"] == plain


def test_a_full_batch_is_answered_in_order_with_what_the_model_predicts(service, model, valid):
    """1,000 trips of a real enough month: what leaves over HTTP is what the model says, to the last digit."""
    rows = valid[:1000]
    reply = service.ask("/predict/batch", {"trips": asked(rows)})
    assert reply.status == 200
    minutes = [answer["duration_minutes"] for answer in reply.json["predictions"]]
    assert minutes == pytest.approx(model.predict(table(rows)), abs=1e-9)


def test_the_longest_batch_that_can_be_written_fits_the_body(service, trip):
    """1,000 trips with riders of the longest name and every digit of a distance."""
    long = {"rider_id": "r" * 128, "distance_miles": 12.345678901234567, "pickup_at": "2021-02-01T08:15:00.123456"}
    assert service.ask("/predict/batch", {"trips": [trip | long] * 1000}).status == 200


def test_many_at_once_get_the_answers_that_each_alone_would_get(service, model, valid):
    rows = valid[1000:1200]
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda one: service.ask("/predict", one), asked(rows)))
    minutes = [reply.json["duration_minutes"] for reply in replies]
    assert minutes == pytest.approx(model.predict(table(rows)), abs=1e-9)


@pytest.mark.parametrize(
    "edge",
    [
        {"pickup_zone": 1}, {"dropoff_zone": 265}, {"distance_miles": 0.01}, {"distance_miles": 200},
        {"pickup_at": "2009-01-01T00:00:00"}, {"pickup_at": "2099-12-31T23:59:59"}, {"pickup_at": "2021-02-01T08:15"},
        {"pickup_at": "2021-02-01 08:15:00"}, {"rider_id": "ü" * 128},
    ],
    ids=str,
)  # fmt: skip
def test_the_edges_of_what_can_be_asked_are_answered(service, trip, edge):
    assert service.ask("/predict", trip | edge).status == 200


def test_health_is_of_the_process_and_ready_names_the_model(service, trip):
    assert service.ask("/health").json == {"status": "ok"}
    version = service.ask("/predict", trip).json["model_version"]
    assert service.ask("/ready").json == {"status": "ready", "model_version": version}


def test_metrics_count_the_trips_that_were_answered_and_not_those_refused(service, trip):
    before = predictions(service)
    service.ask("/predict", trip)
    service.ask("/predict/batch", {"trips": [trip] * 7})
    service.ask("/predict", trip | {"pickup_zone": 0})
    assert predictions(service) == before + 8
    reply = service.ask("/metrics")
    assert reply.headers["content-type"].startswith("text/plain")
    assert "predict_seconds_bucket" in reply.text


def test_the_page_and_the_description_of_the_service_are_there(service):
    page = service.ask("/")
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    described = service.ask("/openapi.json").json
    assert set(described["paths"]) >= {"/", "/health", "/metrics", "/predict", "/predict/batch", "/ready"}
    when = described["components"]["schemas"]["Trip"]["properties"]["pickup_at"]
    assert when["type"] == "string"
    assert re.search(when["pattern"], "2021-02-01T08:15")  # a local time: a date-time, to JSON Schema, has a zone
    assert not re.search(when["pattern"], "2021-02-01T08:15:00Z")
