"""What the service says of itself is true: requests made from its OpenAPI document, good and bad.

Schemathesis makes them: the edges of every field, what the document allows, what it forbids, other methods. A few
hundred by default, two thousand where there is time.
"""

from collections import Counter

import pytest
import schemathesis
from schemathesis import engine
from schemathesis.engine import Status
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from serve import create_app

from taxi import store
from taxi.settings import Settings

RUNS = [  # and how many examples for each of the two operations that take a body
    pytest.param(("in process", 50), id="in process"),
    pytest.param(("over HTTP", 100), id="over HTTP"),
    pytest.param(("over HTTP", 1000), id="at length", marks=pytest.mark.slow),
]
NOT_ASKED = ["positive_data_acceptance"]  # JSON Schema calls 74.0 an integer, and has a 30 February


@pytest.fixture(scope="module", params=RUNS)
def document(request):
    """The document, and the service behind it: in this process, where coverage is measured, or as it is started."""
    where, examples = request.param
    if where == "over HTTP":
        found = schemathesis.openapi.from_url(request.getfixturevalue("service").url + "/openapi.json")
    else:
        app = create_app(store.load(request.getfixturevalue("model_file")), Settings())
        found = schemathesis.openapi.from_asgi("/openapi.json", app)
    found.config.generation.update(max_examples=examples, database="none")
    found.config.checks.update(excluded_check_names=NOT_ASKED)
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
    assert cases.total() >= 2 * document.config.generation.max_examples
    promised = {(method.upper(), path) for path, methods in document.raw_schema["paths"].items() for method in methods}
    assert {tuple(label.split()) for label in cases} == promised
    for operation in promised:
        assert statuses[" ".join(operation), 200] > 0
    assert {status for _, status in statuses} <= {200, 400, 405, 413, 422}
