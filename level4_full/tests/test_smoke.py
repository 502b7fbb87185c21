"""smoke.py says what a service really does with what is routed; and when that is not what the table says."""

import pandas as pd
import pytest
import smoke
from verbs import verb

from taxi.serving import outcomes

ANSWERS = [{"model_version": "1", "duration_minutes": 9.0}, {"model_version": "2", "duration_minutes": 10.0}]
RECEIPT = {"status": "recorded"}
LOGGED = pd.DataFrame({"minutes": [14.5, None], "challenger": [10.0, 10.0]})


def test_what_is_routed_is_asked_in_a_service_and_nothing_of_it_stays(routed):
    routed.route(routed.trial(0.5))
    done = verb("smoke.py", TAXI_STATE=str(routed.state))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "200 answers of version 1, version 2" in done.stdout
    assert not routed.log.exists() or outcomes.joined(routed.log).empty


@pytest.mark.parametrize(("change", "said"), [
    ({}, None),
    ({"answers": [ANSWERS[0], ANSWERS[0] | {"model_version": "7"}]}, "1, 7 answered, and 1, 2 are routed"),
    ({"answers": [ANSWERS[1], ANSWERS[1]]}, "versions 2 answered"),
    ({"answers": [ANSWERS[0], ANSWERS[1] | {"duration_minutes": 900.0}]}, "more than an hour"),
    ({"logged": LOGGED.head(1)}, "the log has 1 and 1"),
    ({"receipt": {"status": "unknown"}}, "one outcome"),
    ({"logged": LOGGED.assign(challenger=[10.0, None])}, "not asked about every trip"),
])  # fmt: skip
def test_whatever_is_not_as_the_table_says_is_a_sentence(routed, change, said):
    given = {"answers": ANSWERS, "receipt": RECEIPT, "logged": LOGGED} | change
    problems = smoke.wrong(routed.trial(0.5), given["answers"], given["receipt"], given["logged"])
    assert not problems if said is None else said in " ".join(problems)


def test_where_nothing_is_routed_it_says_how_to(tmp_path):
    done = verb("smoke.py", TAXI_STATE=str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert "python route.py" in done.stderr
