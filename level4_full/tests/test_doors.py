"""Outcomes and the routes' door: closed without a token, shut for another one, and an outcome counts once."""

import json

import pytest
from fastapi.testclient import TestClient
from serve import create_app
from serving_place import TOKEN

from taxi.serving import doors, finish, outcomes
from taxi.serving.routing import CHALLENGER

TRIP = {"pickup_zone": 74, "dropoff_zone": 42, "distance_miles": 2.6, "pickup_at": "2021-02-01T08:15:00"}
MINE = {"authorization": f"Bearer {TOKEN}"}
DOORS = ["/trips/" + "0" * 32 + "/finish", "/admin/follow"]


@pytest.fixture
def live(routed):
    return routed.begin()


@pytest.fixture
def client(live, routed):
    with TestClient(create_app(live, routed.settings)) as client:
        yield client


def predict(client):
    return client.post("/predict", json=TRIP).json()["request_id"]


def tell(client, request_id, minutes=14.5, headers=MINE):
    return client.post(f"/trips/{request_id}/finish", json={"duration_minutes": minutes}, headers=headers)


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize(
    "given", [None, "", "Bearer", "Bearer ", f"Bearer {TOKEN}x", TOKEN, f"bearer {TOKEN}", "Bearer \xe9"]
)
def test_without_the_token_a_door_is_shut_whatever_is_brought(client, path, given):
    """Before the body is looked at: a good one and nonsense hear the same."""
    headers = {} if given is None else {"authorization": given.encode("latin-1")}
    for body in (b"", b"{", json.dumps({"duration_minutes": 5}).encode()):
        reply = client.post(path, content=body, headers=headers)
        assert (reply.status_code, reply.json()["error"]) == (401, "no_token")
        assert reply.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("path", DOORS)
def test_where_no_token_is_set_a_door_is_closed_for_everybody(live, routed, path):
    with TestClient(create_app(live, routed.settings.model_copy(update={"token": None}))) as client:
        for headers in ({}, MINE, {"authorization": "Bearer "}):
            assert client.post(path, json={"duration_minutes": 5}, headers=headers).status_code == 403


def test_the_token_is_compared_in_constant_time(client, monkeypatch):
    """By the function that is made for it."""
    seen = []
    monkeypatch.setattr(doors, "compare_digest", lambda one, other: seen.append((one, other)) or one == other)
    tell(client, "0" * 32, headers={"authorization": "Bearer x"})
    assert seen == [(b"Bearer x", f"Bearer {TOKEN}".encode())]


def test_an_outcome_is_recorded_known_and_corrected(client, routed):
    request_id = predict(client)
    said = [tell(client, request_id, minutes).json() for minutes in (14.5, 14.5, 15.0, 15.0)]
    assert [one["status"] for one in said] == ["recorded", "known", "corrected", "known"]
    assert not any(one["late"] for one in said)
    (row,) = outcomes.joined(routed.log).to_dict("records")
    assert (row["id"], row["minutes"], row["revisions"]) == (request_id, 15.0, 2)


def test_a_trip_that_nobody_asked_for_is_unknown(client, routed):
    real = predict(client)
    for unknown in ("0" * 32, real[:-1] + ("0" if real[-1] != "0" else "1"), "x", "é", real + "00"):
        reply = tell(client, unknown)
        assert (reply.status_code, reply.json()["error"]) == (404, "unknown_trip")
    assert outcomes.joined(routed.log)["minutes"].isna().all()


def test_after_a_restart_a_trip_can_still_be_finished(client, routed):
    """With the same token; nothing was remembered, and telling twice still counts once."""
    request_id = predict(client)
    tell(client, request_id)
    with TestClient(create_app(routed.begin(), routed.settings)) as again:
        assert tell(again, request_id).json()["status"] == "recorded"
    assert outcomes.joined(routed.log)["minutes"].tolist() == [14.5]


def test_a_late_outcome_is_taken_and_called_late(client, live, monkeypatch):
    request_id = predict(client)
    now = live.clock([])
    monkeypatch.setattr(live, "clock", lambda _: now + finish.LATE_HOURS * 3600 + 60)
    assert tell(client, request_id).json() == {"status": "recorded", "late": True}


@pytest.mark.parametrize("minutes", [0, -1, 1441, "5", None, True, 1e400])
def test_an_outcome_that_cannot_be_is_refused_with_the_reason(client, minutes):
    request_id = predict(client)
    body = json.dumps({"duration_minutes": minutes})
    reply = client.post(
        f"/trips/{request_id}/finish", content=body, headers=MINE | {"content-type": "application/json"}
    )
    assert reply.status_code == 422
    assert reply.json()["detail"][0].startswith("duration_minutes: ")


def test_an_outcome_that_could_not_be_written_down_is_asked_for_again(client, live, monkeypatch):
    request_id = predict(client)
    monkeypatch.setattr(live.log, "append", lambda _: False)
    reply = tell(client, request_id)
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "5")
    monkeypatch.undo()
    assert tell(client, request_id).json()["status"] == "recorded"


def test_the_routes_are_followed_at_once_when_somebody_asks(client, routed):
    routed.route(routed.trial(1.0))
    state = client.post("/admin/follow", headers=MINE).json()
    assert (state["challenger"], state["share"], state["experiment_id"]) == ("2", "100 %", "1-2-1")
    assert client.post("/predict", json=TRIP).json()["variant"] == CHALLENGER
    assert client.get("/ready").json() == state


def test_the_memory_of_outcomes_is_bounded(live, monkeypatch):
    monkeypatch.setattr(finish, "REMEMBERED", 10)
    taken = finish.Finishes(live.ids, live.log)
    for number in range(50):
        taken.take(live.ids.new(number), 5.0, 0)
    assert len(taken._told) == 10


def test_a_short_token_is_refused():
    from taxi.errors import BadInput
    from taxi.settings import Settings

    with pytest.raises(BadInput, match="TAXI_TOKEN"):
        Settings.given(token="short")
