"""The service without its doors says what the service says, writes the same lines, and follows the same routes."""

import numpy as np
import pandas as pd
import pytest

import trips
from taxi import graph, model
from taxi.serving import outcomes
from taxi.serving.indoors import Indoors
from taxi.trial import cohorts

pytest_plugins = ["registry_fixtures"]


@pytest.fixture(scope="module")
def days():
    found = trips.days(trips.City(0), *(pd.Timestamp(f"2021-03-{day}").date() for day in ("01", "03")))
    return [trips.clean(raw)[0] for _, raw in found]


def test_it_answers_as_who_is_routed_and_writes_each_answer_down(routed, days):
    indoors = Indoors(routed.settings)
    said = indoors.answer(days[0])
    alone = graph.Scorer(routed.file(routed.first).read_bytes()).predict(model.table(days[0]))
    assert np.allclose(said, alone, atol=1e-4)
    indoors.tell(days[0])
    rows = outcomes.joined(routed.log)
    assert len(rows) == len(days[0])
    assert rows["minutes"].notna().all()
    assert set(rows["by"]) == {"champion"}


def test_a_trial_goes_through_it_and_its_days_are_judged(routed, days):
    """Half of the riders meet the second; a day is whole once trips of the next morning are known."""
    routed.route(routed.trial(0.5, generation=2))
    indoors = Indoors(routed.settings)
    for day in days:
        said = indoors.answer(day)
        assert len(said) == len(day)
        indoors.tell(day)
        indoors.close()
        outcomes.compact(routed.log)
    seen, count = cohorts.read(routed.log, "1-2-1", trips.City(0).boroughs())
    assert count == len(days) - 1
    assert 0.4 < (seen["by"] == "challenger").mean() < 0.6
    assert seen["saved"].notna().all()


def test_it_follows_a_new_table_at_the_next_trip(routed, days):
    indoors = Indoors(routed.settings)
    before = indoors.answer(days[0])
    routed.route(routed.trial(1.0, generation=3))
    assert not np.allclose(before, indoors.answer(days[0]))
