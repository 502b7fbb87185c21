"""What the service says of itself is true: requests made from its OpenAPI document, good and bad.

Schemathesis makes them: the edges of every field, what the document allows, what it forbids, other methods. A few
hundred by default, ten thousand where there is time; by somebody without the token, and with it and real trips.
"""

import itertools
from collections import Counter

import pytest
import schemathesis
from schemathesis import engine
from schemathesis.engine import Status
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from serve import create_app
from serving_place import TOKEN, made

from taxi.serving import live
from taxi.settings import Settings

RUNS = [  # and how many examples for each of the operations that take something
    pytest.param(("in process", 50), id="in process"),
    pytest.param(("with the token", 100), id="with the token"),
    pytest.param(("with the token", 3500), id="at length", marks=[pytest.mark.slow, pytest.mark.long]),
]
FINISH, FOLLOW = "POST /trips/{request_id}/finish", "POST /admin/follow"
NOT_ASKED = ["positive_data_acceptance"]  # JSON Schema calls 74.0 an integer, and has a 30 February
TRIP = {"pickup_zone": 74, "dropoff_zone": 42, "distance_miles": 2.6, "pickup_at": "2021-02-01T08:15:00"}


@pytest.fixture(scope="module", params=RUNS)
def document(request):
    """The document, and the service behind it: in this process, where coverage is measured, or as it is started."""
    where, examples = request.param
    if where == "in process":
        settings = Settings(model_path=request.getfixturevalue("model_file"), log=False, token=TOKEN)
        found = schemathesis.openapi.from_asgi("/openapi.json", create_app(live.begin(settings), settings))
    else:
        found = opened(request.getfixturevalue("in_trial"))
    found.config.generation.update(max_examples=examples, database="none")
    found.config.checks.update(excluded_check_names=NOT_ASKED)
    return found


@pytest.fixture(scope="module")
def in_trial(graph, second_graph, tmp_path_factory):
    """Two versions, one of ten riders to the second; what is answered is written down."""
    folder = tmp_path_factory.mktemp("document")
    place = made(folder / "state", graph, second_graph)
    place.route(place.trial(0.1))
    with place.served(folder) as service:
        yield service


def opened(service):
    """The document for who brings the token, and asks after one real trip for each that nobody took."""
    found = schemathesis.openapi.from_url(service.url + "/openapi.json")
    found.config.update(headers={"authorization": f"Bearer {TOKEN}"})
    real = itertools.cycle([service.ask("/predict", TRIP).json["request_id"], None])

    @found.hook("map_path_parameters")
    def mix(_, parameters):
        known = next(real)
        return {"request_id": known} if known and "request_id" in (parameters or {}) else parameters

    return found


def exercised(document):
    """Cases by operation, statuses by operation, and what went against the document, each with the body sent."""
    cases, statuses, wrong = Counter(), Counter(), []
    for event in engine.from_schema(document).execute():
        if isinstance(event, FatalError | NonFatalError):
            wrong.append(str(event))
        if not isinstance(event, ScenarioFinished):
            continue
        seen = event.recorder
        cases[seen.label] += len(seen.cases)
        statuses.update((seen.label, one.response.status_code) for one in seen.interactions.values() if one.response)
        wrong += [
            f"{seen.label}: {check.name}: {seen.cases[case].value.body!r}: {seen.interactions[case].response.text}"
            for case, checks in seen.checks.items()
            for check in checks
            if check.status != Status.SUCCESS
        ]
    return cases, statuses, wrong


def test_no_request_finds_an_answer_that_the_document_does_not_promise(document):
    """No 5xx, no status, type or body that is not in it, nothing accepted that it forbids; every operation asked."""
    cases, statuses, wrong = exercised(document)
    assert wrong == []
    assert cases.total() >= 2.9 * document.config.generation.max_examples
    promised = {(method.upper(), path) for path, methods in document.raw_schema["paths"].items() for method in methods}
    assert {tuple(label.split()) for label in cases} == promised
    inside = {label for label, status in statuses if status == 200}
    shut = set() if document.config.headers else {FINISH, FOLLOW}
    assert inside == {" ".join(operation) for operation in promised} - shut
    assert {status for _, status in statuses} <= {200, 400, 401, 403, 404, 405, 413, 422}
