"""The fast lane answers what the road would answer, refuses only a crowd, and sheds the shadow first."""

import asyncio
import json

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running import running
from serve import create_app

from taxi.serving import lane
from taxi.serving.lane import reader
from taxi.serving.routing import CHALLENGER, arm

GOOD = {"pickup_zone": 74, "dropoff_zone": 42, "distance_miles": 2.6, "pickup_at": "2021-02-01T08:15:00"}
ANY = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.just([]) | st.just({})
NEAR = {
    "pickup_zone": st.integers(-1, 267) | ANY,
    "dropoff_zone": st.integers(0, 266) | ANY,
    "distance_miles": st.floats(-1, 201) | st.integers(0, 201) | ANY,
    "pickup_at": st.datetimes().map(str) | st.datetimes().map(lambda at: at.isoformat()[:16]) | ANY
    | st.sampled_from(["2021-02-30T08:15", "2021-02-01T08:15Z", "2021-02-01", "2008-12-31T23:59", "2100-01-01T00:00"]),
    "rider_id": st.text(max_size=130) | ANY,
    "other": ANY,
}  # fmt: skip
BODIES = (
    st.fixed_dictionaries({}, optional=NEAR).map(lambda odd: json.dumps(GOOD | odd).encode("utf-8", "surrogatepass"))
    | st.fixed_dictionaries({}, optional=NEAR).map(lambda odd: json.dumps(odd).encode("utf-8", "surrogatepass"))
    | st.binary(max_size=200)
)


@pytest.fixture
def asked(routed):
    """Ask the app in this process; the table gives half of the riders to the challenger."""
    routed.route(routed.trial(0.5))
    live = routed.begin()
    app = create_app(live, routed.settings)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")
    loop = asyncio.new_event_loop()

    def ask(body, path="/predict", **headers):
        post = client.post(path, content=body, headers={"content-type": "application/json"} | headers)
        return loop.run_until_complete(post)

    ask.live, ask.client, ask.loop = live, client, loop
    yield ask
    loop.close()


@settings(max_examples=1_000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(BODIES)
def test_lane_and_road_agree_about_every_body(asked, monkeypatch_lane, body):
    """The same status, minutes, model and arm, or the same reasons; and the road alone writes the OpenAPI page."""
    fast = asked(body)
    with monkeypatch_lane():
        slow = asked(body)
    assert fast.status_code == slow.status_code
    if fast.status_code != 200:
        assert fast.json() == slow.json()
    elif json.loads(body).get("rider_id") is not None:  # without a rider the arm is the request's own
        changing = {"request_id"}
        assert {k: v for k, v in fast.json().items() if k not in changing} == {
            k: v for k, v in slow.json().items() if k not in changing
        }
        named = ("x-model-version", "x-variant", "x-experiment-id", "content-type")
        assert [fast.headers[name] for name in named] == [slow.headers[name] for name in named]


@pytest.fixture
def monkeypatch_lane(asked):
    """While this holds, nobody is let into the lane."""
    from contextlib import contextmanager

    @contextmanager
    def shut():
        before = lane.is_json
        lane.is_json = lambda _: False
        try:
            yield
        finally:
            lane.is_json = before

    return shut


def test_almost_everybody_takes_the_lane():
    """What the page and a program send: with seconds or without, a T or a space, a rider or none."""
    read = reader()
    for more in (
        {},
        {"pickup_at": "2021-02-01T08:15"},
        {"pickup_at": "2021-02-01 08:15:00"},
        {"rider_id": "a"},
        {"distance_miles": 3},
    ):
        assert read(json.dumps(GOOD | more).encode()) is not None


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff", json.dumps(GOOD | {"pickup_zone": True}).encode(),
                                  json.dumps(GOOD | {"pickup_at": "2021-02-30T08:15"}).encode()])  # fmt: skip
def test_whatever_is_not_plainly_right_is_left_to_the_road(body):
    assert reader()(body) is None


def test_batches_meet_their_arms_too(asked):
    table = asked.live.now.table
    trips = [GOOD | {"rider_id": f"rider-{n}"} for n in range(50)]
    said = asked(json.dumps({"trips": trips}).encode(), "/predict/batch").json()["predictions"]
    assert [one["variant"] for one in said] == [arm(trip["rider_id"], table) for trip in trips]
    assert {one["variant"] for one in said} == {CHALLENGER, "champion"}


def test_a_crowd_is_refused_at_its_end_and_the_shadow_is_shed_first(routed):
    """Two hundred questions in one turn of the loop: places 20 and 60 are where shedding begins."""
    routed.route(routed.trial(0.0))
    live = routed.begin()
    app = create_app(live, routed.settings.model_copy(update={"shadow_at": 20, "refuse_at": 60}))

    async def all_at_once():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await asyncio.gather(*(client.post("/predict", json=GOOD) for _ in range(200)))

    replies = asyncio.run(all_at_once())
    refused = [reply for reply in replies if reply.status_code == 503]
    assert len(replies) - len(refused) >= 60
    assert {reply.status_code for reply in replies} == {200, 503}
    assert {reply.headers["retry-after"] for reply in refused} == {"1"}
    assert {reply.json()["error"] for reply in refused} == {"busy"}
    shed = {
        kind: live.metrics.registry.get_sample_value("shed_total", {"kind": kind}) for kind in ("shadow", "request")
    }
    assert shed["request"] == len(refused)
    assert shed["shadow"] >= 40
    assert asyncio.run(all_at_once())[0].status_code == 200  # the next turn begins anew


def test_over_http_the_lane_is_there(model_file, tmp_path):
    with running(model_file, tmp_path, TAXI_STATE=str(tmp_path)) as service:
        reply = service.ask("/predict", GOOD)
    names = {name.lower() for name in reply.headers}
    assert {"x-model-version", "x-variant", "x-experiment-id", "x-request-id"} <= names
    assert reply.json["request_id"] == {name.lower(): value for name, value in reply.headers.items()}["x-request-id"]
