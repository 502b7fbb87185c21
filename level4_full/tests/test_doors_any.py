"""Whatever is brought to the doors: hypothesis makes it, a small model of what should come of it judges it."""

import json

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from serve import create_app
from serving_place import TOKEN, made

from taxi.serving import outcomes

TRIP = {"pickup_zone": 74, "dropoff_zone": 42, "distance_miles": 2.6, "pickup_at": "2021-02-01T08:15:00"}
MINE = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}
LENGTHS = [pytest.param(150, id="some"), pytest.param(3000, id="at length", marks=pytest.mark.slow)]
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=5,
)
MINUTES = st.floats(0.01, 1440) | st.sampled_from([5.0, 14.5]) | ANY_JSON
BODIES = st.binary(max_size=40) | st.builds(lambda v: json.dumps(v).encode(), ANY_JSON | st.fixed_dictionaries({
    "duration_minutes": MINUTES}))  # fmt: skip
HEADERS = st.text(st.characters(min_codepoint=33, max_codepoint=255), max_size=40).map(lambda text: text.strip())


@pytest.fixture(scope="module")
def place(graph, second_graph, tmp_path_factory):
    found = made(tmp_path_factory.mktemp("doors") / "state", graph, second_graph)
    found.route(found.trial(0.5))
    return found


@pytest.fixture(scope="module")
def client(place):
    with TestClient(create_app(place.begin(), place.settings), raise_server_exceptions=False) as client:
        yield client


def tried(examples, **strategies):
    """The test over so many examples."""

    def around(test):
        chosen = settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        chosen(given(**strategies)(test))()

    return around


@pytest.mark.parametrize("examples", LENGTHS)
def test_nobody_comes_through_a_door_without_the_token(client, place, examples):
    """Whatever is brought for one, to whichever trip, with whichever body; and nothing is written down."""
    before = len(outcomes.tables(place.log)[1])

    @tried(examples, header=HEADERS, body=BODIES, path=st.sampled_from(["/admin/follow", "/trips/{}/finish"]))
    def bring(header, body, path):
        headers = {} if header == f"Bearer {TOKEN}" else {"authorization": header.encode("latin-1")}
        reply = client.post(path.format("0" * 32), content=body, headers=headers)
        assert (reply.status_code, reply.json()["error"]) == (401, "no_token")

    assert len(outcomes.tables(place.log)[1]) == before


@pytest.mark.parametrize("examples", LENGTHS)
def test_with_the_token_an_outcome_is_taken_or_refused_for_what_it_is(client, place, examples):
    """Recorded, known or corrected as a dictionary would have it; 400 or 422 otherwise; the log says the same."""
    trips = [client.post("/predict", json=TRIP).json()["request_id"] for _ in range(3)]
    told: dict[str, float] = {}

    @tried(examples, trip=st.integers(0, 3), body=BODIES)
    def tell(trip, body):
        request_id = (*trips, "f" * 32)[trip]
        reply = client.post(f"/trips/{request_id}/finish", content=body, headers=MINE)
        minutes = possible(body)
        if minutes is None:
            assert reply.status_code in (400, 422), (body, reply.text)
        elif trip == 3:
            assert reply.status_code == 404
        else:
            was = told.get(request_id)
            expected = "recorded" if was is None else "known" if was == minutes else "corrected"
            assert reply.json() == {"status": expected, "late": False}
            told[request_id] = minutes

    rows = outcomes.joined(place.log).set_index("id")["minutes"]
    assert {name: rows[name] for name in told} == told


@pytest.mark.parametrize("examples", LENGTHS)
def test_any_body_to_any_operation_is_answered_or_refused_and_never_a_fault(client, examples):
    doors = ["/predict", "/predict/batch", "/admin/follow", "/trips/x/finish", "/health", "/ready", "/metrics", "/"]

    @tried(examples, path=st.sampled_from(doors), body=BODIES, post=st.booleans())
    def send(path, body, post):
        reply = client.request("POST" if post else "GET", path, content=body, headers=MINE)
        assert reply.status_code in (200, 400, 404, 405, 422), (path, body, reply.text)
        if reply.status_code >= 400:
            assert set(reply.json()) == {"error", "detail"}


def possible(body):
    """The minutes that a body tells, None when it tells none: what the document says, said once more by hand."""
    try:
        value = json.loads(body)
    except ValueError:
        return None
    if not isinstance(value, dict) or set(value) != {"duration_minutes"}:
        return None
    minutes = value["duration_minutes"]
    number = isinstance(minutes, int | float) and not isinstance(minutes, bool)
    return float(minutes) if number and 0 < minutes <= 1440 else None
