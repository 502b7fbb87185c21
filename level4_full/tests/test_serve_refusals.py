"""What the service refuses: always 4xx, always with a word for machines and a line for people."""

import json

import pytest

DEEP = b"[" * 60_000
HUGE = b'{"pickup_zone":' + b"9" * 60_000 + b"}"


def refused(reply, status, error):
    """The lines for people, after looking at everything else."""
    assert (reply.status, reply.json["error"]) == (status, error), reply.text
    assert reply.headers["content-type"] == "application/json"
    assert reply.json["detail"]
    assert set(reply.json) == {"error", "detail"}
    assert len(reply.text) < 4000
    return reply.json["detail"]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"pickup_zone": 0}, "pickup_zone: Input should be greater than or equal to 1"),
        ({"dropoff_zone": 266}, "dropoff_zone: Input should be less than or equal to 265"),
        ({"pickup_zone": 74.5}, "pickup_zone: Input should be a valid integer"),
        ({"pickup_zone": "74"}, "pickup_zone: Input should be a valid integer"),
        ({"pickup_zone": True}, "pickup_zone: Input should be a valid integer"),
        ({"pickup_zone": None}, "pickup_zone: Input should be a valid integer"),
        ({"distance_miles": 0}, "distance_miles: Input should be greater than 0"),
        ({"distance_miles": -2.6}, "distance_miles: Input should be greater than 0"),
        ({"distance_miles": 200.01}, "distance_miles: Input should be less than or equal to 200"),
        ({"distance_miles": 1e9}, "distance_miles: Input should be less than or equal to 200"),
        ({"distance_miles": 10**400}, "distance_miles: Input should be a valid number"),
        ({"distance_miles": float("nan")}, "distance_miles: Input should be a finite number"),
        ({"distance_miles": float("inf")}, "distance_miles: Input should be a finite number"),
        ({"distance_miles": "2.6"}, "distance_miles: Input should be a valid number"),
        ({"distance_miles": True}, "distance_miles: Input should be a valid number"),
        ({"rider_id": ""}, "rider_id: String should have at least 1 character"),
        ({"rider_id": "r" * 129}, "rider_id: String should have at most 128 characters"),
        ({"rider_id": 7}, "rider_id: Input should be a valid string"),
        ({"rider_id": "\ud800"}, "rider_id: Input should be a valid string"),
        ({"tip": 3}, "tip: Extra inputs are not permitted"),
        ({"tip\n" + 1000 * "!": 3}, "Extra inputs are not permitted"),
        ({"\ud800": 3}, "body: Input should be a valid string"),
    ],
    ids=lambda value: str(value)[:40].encode("ascii", "replace").decode(),
)
def test_a_value_that_cannot_be_is_refused_by_name(service, trip, wrong, reason):
    (line,) = refused(service.ask("/predict", trip | wrong), 422, "invalid_request")
    assert reason in line


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        (1612167300, "write date and time as text, as in 2021-02-01T08:15:00"),
        (1612167300.5, "write date and time as text"),
        ("1612167300", "write date and time as text"),
        ("2021-02-01", "write date and time as text"),
        ("yesterday", "write date and time as text"),
        (None, "write date and time as text"),
        ("2021-02-01T08:15:00Z", "Input should not have timezone info"),
        ("2021-02-01T08:15:00+05:00", "Input should not have timezone info"),
        ("2021-02-30T08:15:00", "Input should be a valid datetime"),
        ("2021-02-01T25:15:00", "Input should be a valid datetime"),
        ("2008-12-31T23:59:59", "Input should be greater than or equal to 2009-01-01"),
        ("2100-01-01T00:00:00", "Input should be less than 2100-01-01"),
        ("0001-01-01T00:00:00+05:00", "Input should"),
    ],
)
def test_a_pick_up_time_is_local_written_out_and_of_this_century(service, trip, when, reason):
    """A number would pass for seconds since 1970, a day alone for its midnight: an answer, to another question."""
    (line,) = refused(service.ask("/predict", trip | {"pickup_at": when}), 422, "invalid_request")
    assert line.startswith("pickup_at: ")
    assert reason in line


def test_every_missing_field_is_named_at_once(service):
    lines = refused(service.ask("/predict", {}), 422, "invalid_request")
    names = ("pickup_zone", "dropoff_zone", "distance_miles", "pickup_at")
    assert lines == [f"{name}: Field required" for name in names]


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"trip"', b"7"])
def test_json_that_is_no_trip_is_refused(service, body):
    refused(service.ask("/predict", body), 422, "invalid_request")


@pytest.mark.parametrize(
    "body",
    [b"{", b"minutes?", b"\xff\xfe\xfd", b'{"rider_id": "\xc3\x28"}', DEEP, b'{"a":' * 10_000, HUGE, b"\0" * 100],
    ids=[
        "cut short",
        "words",
        "no text",
        "no UTF-8",
        "60,000 lists deep",
        "10,000 objects deep",
        "60,000 digits",
        "zeros",
    ],
)
def test_a_body_that_cannot_be_read_as_json_is_refused(service, body):
    refused(service.ask("/predict", body), 400, "not_json")


def test_a_trip_in_another_format_is_refused(service, trip):
    """A form, plain text: whatever a client sends when nobody told it to say application/json."""
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        (line,) = refused(service.ask("/predict", json.dumps(trip).encode(), content_type=kind), 422, "invalid_request")
        assert line == "send JSON, and the header content-type: application/json"


def test_a_batch_of_1001_or_of_none_is_refused(service, trip):
    (line,) = refused(service.ask("/predict/batch", {"trips": [trip] * 1001}), 422, "invalid_request")
    assert "at most 1000 items" in line
    refused(service.ask("/predict/batch", {"trips": []}), 422, "invalid_request")
    refused(service.ask("/predict/batch", {"trips": [trip], "more": 1}), 422, "invalid_request")
    refused(service.ask("/predict/batch", [trip]), 422, "invalid_request")


def test_one_bad_trip_refuses_its_batch_and_is_named_by_its_place(service, trip):
    batch = [trip] * 10 + [trip | {"dropoff_zone": 0}] + [trip] * 10
    (line,) = refused(service.ask("/predict/batch", {"trips": batch}), 422, "invalid_request")
    assert line.startswith("trips.10.dropoff_zone: ")


def test_a_thousand_bad_trips_are_answered_with_twenty_lines(service, trip):
    batch = {"trips": [trip | {"pickup_zone": 0}] * 1000}
    assert len(refused(service.ask("/predict/batch", batch), 422, "invalid_request")) == 20


def test_what_is_not_there_and_what_cannot_be_done_are_said(service):
    refused(service.ask("/nowhere"), 404, "not_found")
    for method, path in [("GET", "/predict"), ("DELETE", "/"), ("POST", "/health"), ("PATCH", "/predict/batch")]:
        reply = service.ask(path, method=method)
        refused(reply, 405, "method_not_allowed")
        assert reply.headers["allow"] in {"GET", "POST"}
