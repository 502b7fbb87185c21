"""Where a scheduler is named, candidates are fitted there: the same learner on the same days, so the same models."""

import loop_place
import numpy as np
import pytest
from dask_parts import cluster
from loop_place import BEGIN

import trips
from taxi import model
from taxi.loop import candidates


@pytest.mark.slow
def test_workers_make_the_models_that_this_process_makes(tmp_path):
    parts = [trips.clean(loop_place.day_of(BEGIN + loop_place.timedelta(days=ahead)))[0] for ahead in range(3)]
    with cluster(tmp_path) as dask:
        there = candidates.on(dask.address)(parts)
    rows = model.table(parts[0])
    for one, other in zip(there, candidates.here(parts), strict=True):
        assert np.array_equal(one.predict(rows), other.predict(rows))
