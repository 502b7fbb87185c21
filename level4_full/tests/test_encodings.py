"""Encodings from sums against scikit-learn's own, from trips."""

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import TargetEncoder

import trips
from taxi import encodings, model
from taxi.features import with_pair

MONTH = "2021-01"


@pytest.fixture(scope="module")
def rows():
    """A simulated month of trips, as a model sees it."""
    return trips.clean(trips.City(0).month(MONTH))[0]


@pytest.fixture(scope="module")
def table(rows):
    return model.table(rows)


@pytest.fixture(scope="module")
def minutes(rows):
    return rows[trips.TARGET].to_numpy()


def of_scikit_learn(table, minutes):
    """The tables that scikit-learn's encoder holds after seeing these trips."""
    encoder = TargetEncoder().fit(with_pair(table[:, [1, 2]]), minutes)
    tables = [np.full(size, encoder.target_mean_) for size in encodings.SIZES]
    for filled, known, values in zip(tables, encoder.categories_, encoder.encodings_, strict=True):
        filled[known.astype(int)] = values
    return tables


def largest_difference(ours, theirs):
    return max(np.abs(one - other).max() for one, other in zip(ours, theirs, strict=True))


def test_encodings_are_those_of_scikit_learn(table, minutes):
    """To a millionth of a minute, though only sums of three parts of the month were added up."""
    fold = encodings.folds(len(minutes), MONTH, seed=0)
    parts = [encodings.sums(table[i::3], minutes[i::3], fold[i::3]) for i in range(3)]
    assert largest_difference(encodings.learn(encodings.add(parts)), of_scikit_learn(table, minutes)) < 1e-6


def test_each_fold_is_encoded_as_scikit_learn_would_without_it(table, minutes):
    """Cross-fitting: for the trips of a fold, the tables of an encoder that saw all other trips."""
    fold = encodings.folds(len(minutes), MONTH, seed=0)
    total = encodings.sums(table, minutes, fold)
    for number in range(model.FOLDS):
        others = fold != number
        theirs = of_scikit_learn(table[others], minutes[others])
        assert largest_difference(encodings.learn(total, without=number), theirs) < 1e-6


def test_a_trip_never_meets_its_own_duration(table, minutes):
    """What one trip took changes the encodings of others, not its own."""
    fold = encodings.folds(len(minutes), MONTH, seed=0)
    changed = minutes.copy()
    changed[7] += 40
    own = [encodings.learn(encodings.sums(table, took, fold), without=fold[7]) for took in (minutes, changed)]
    assert largest_difference(*own) == 0
    other = [
        encodings.learn(encodings.sums(table, took, fold), without=(fold[7] + 1) % 5) for took in (minutes, changed)
    ]
    assert largest_difference(*other) > 0.01


def test_trips_that_all_took_the_same_time_have_an_encoding(table):
    """No variance, nothing to divide by: the mean, and no NaN."""
    same = np.full(50, 12.0)
    tables = encodings.learn(encodings.sums(table[:50], same, np.zeros(50, dtype=np.int64)))
    assert all((one == 12.0).all() for one in tables)


def test_folds_are_equally_large_and_differ_by_month_and_seed():
    """The same on every machine: a number of trips, a month and a seed are all that it takes."""
    fold = encodings.folds(1000, "2021-01", seed=3)
    assert pd.Series(fold).value_counts().tolist() == [200] * model.FOLDS
    assert (fold == encodings.folds(1000, "2021-01", seed=3)).all()
    assert (fold != encodings.folds(1000, "2021-02", seed=3)).any()
    assert (fold != encodings.folds(1000, "2021-01", seed=4)).any()
