"""The model beats the mean, means the same whatever the order or the batch, and is not fooled by its own targets."""

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import TargetEncoder

import trips
from taxi.features import features
from taxi.model import build, evaluate, fit, table

KM_PER_MILE = 1.609344
ENCODED_PAIR = -1  # the last of the columns that the learner sees


@pytest.fixture(scope="module")
def few(train):
    """Enough to fit on in a fifth of a second."""
    return train.sample(8000, random_state=0)


@pytest.fixture(scope="module")
def minutes(model, valid):
    return model.predict(table(valid))


def level0(seed):
    """The recipe of level 0's notebook, as it stands in its cells: by names of columns, the pair beside the others."""
    raw = ["distance_miles", "pickup_zone", "dropoff_zone", "hour", "weekday"]
    usual = TargetEncoder(cv=KFold(5, shuffle=True, random_state=seed))
    encode = ColumnTransformer([("raw", "passthrough", raw), ("usual", usual, ["pickup_zone", "dropoff_zone", "pair"])])
    model = make_pipeline(encode, HistGradientBoostingRegressor(random_state=seed))

    def columns(rows):
        clock = rows["pickup_at"].dt
        seen = rows.assign(hour=clock.hour, weekday=clock.weekday)[raw].astype("float32")
        return seen.assign(pair=1000 * rows["pickup_zone"] + rows["dropoff_zone"])

    return model, columns


def test_it_is_much_better_than_saying_the_mean(model, valid):
    """And than a straight line over the distance: it is worth handing over."""
    found = evaluate(model, valid)
    slope, start = np.polyfit(valid["distance_miles"], valid[trips.TARGET], 1)  # a line that has even seen the answers
    line = np.sqrt(np.mean((start + slope * valid["distance_miles"] - valid[trips.TARGET]) ** 2))
    assert found["rmse"] < 0.6 * found["rmse_of_mean"]
    assert found["rmse"] < 0.9 * line


@pytest.mark.parametrize("seed", [0, 1])
def test_moving_the_cells_into_modules_did_not_move_the_rmse(few, valid, seed):
    """Level 0's recipe written out, without any of our modules, gives the same figure to 1e-9."""
    theirs, columns = level0(seed)
    error = theirs.fit(columns(few), few[trips.TARGET]).predict(columns(valid)) - valid[trips.TARGET]
    assert evaluate(fit(few, seed), valid)["rmse"] == pytest.approx(np.sqrt(np.mean(error**2)), abs=1e-9)


def test_the_figures_are_what_they_are_called(model, valid, minutes):
    found, error = evaluate(model, valid), minutes - valid[trips.TARGET].to_numpy()
    assert found["rmse"] == pytest.approx(np.linalg.norm(error) / np.sqrt(len(error)))
    assert found["mae"] == pytest.approx(np.abs(error).sum() / len(error))
    assert found["bias"] == pytest.approx(minutes.mean() - valid[trips.TARGET].mean())
    assert found["rmse_of_mean"] == pytest.approx(valid[trips.TARGET].std(ddof=0))


def test_the_same_seed_gives_the_same_model_and_another_seed_another(few, valid):
    first, again, other = (fit(few, seed).predict(table(valid)) for seed in (7, 7, 8))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_an_answer_does_not_depend_on_the_order_of_the_rows(model, valid, minutes):
    order = np.random.default_rng(0).permutation(len(valid))
    assert np.array_equal(model.predict(table(valid.iloc[order])), minutes[order])


def test_a_trip_alone_gets_the_answer_it_gets_in_a_batch(model, valid, minutes):
    one_by_one = [model.predict(table(valid.iloc[i : i + 1]))[0] for i in range(100)]
    assert one_by_one == pytest.approx(minutes[:100], abs=1e-9)


def test_a_longer_distance_is_not_shorter_in_time_in_99_of_100_pairs(model, valid):
    """The same trip with two distances that the month holds. Trees are steps: they promise nothing; it is measured."""
    here, there = valid["distance_miles"].to_numpy(), np.random.default_rng(0).permutation(valid["distance_miles"])
    short, long = (valid.assign(distance_miles=pick(here, there)) for pick in (np.minimum, np.maximum))
    longer = model.predict(table(long)) - model.predict(table(short))
    assert (longer[here != there] >= 0).mean() >= 0.99


def test_half_a_mile_to_two_miles_more_never_save_more_than_three_minutes(model, valid):
    """So close together it is longer or equal in 98 of 100; where it is not, a step of a tree is in between."""
    more = valid["distance_miles"] + np.random.default_rng(0).uniform(0.5, 2, len(valid))
    longer = model.predict(table(valid.assign(distance_miles=more))) - model.predict(table(valid))
    assert (longer >= 0).mean() >= 0.97
    assert longer.min() > -3


def test_every_trip_that_can_be_asked_for_takes_minutes(model):
    """Zones nobody came from, any hour, up to 200 miles: never below zero, never past the hour it was trained on."""
    draw, n = np.random.default_rng(0), 20_000
    zones, miles = draw.integers(1, 266, (2, n)), draw.uniform(0.01, 1, n) * draw.choice([2, 20, 200], n)
    when = np.datetime64("2009-01-01T00:00:00") + draw.integers(0, 2_871_763_200, n).astype("m8[s]")
    minutes = model.predict(features(*zones, miles, when))
    assert (minutes > 0).all()
    assert (minutes < 65).all()


def test_a_pair_seen_once_is_not_told_its_own_duration(few):
    """Targets are noise here: an encoding that knows anything of a trip's own target has looked at the answer.

    Cross-fitted, it does not; fitted and applied to the same rows, it is the answer.
    """
    noise = np.random.default_rng(0).uniform(1, 60, len(few))
    once = ~few.duplicated(["pickup_zone", "dropoff_zone"], keep=False).to_numpy()
    encode = build()[:-1]
    in_training = encode.fit_transform(table(few), noise)[once, ENCODED_PAIR]
    afterwards = encode.transform(table(few))[once, ENCODED_PAIR]
    assert abs(np.corrcoef(in_training, noise[once])[0, 1]) < 0.1
    assert np.corrcoef(afterwards, noise[once])[0, 1] > 0.99


def test_noise_cannot_be_learned(few, valid):
    """Fitted on shuffled durations it is no better than their mean, on a month it has not seen."""
    shuffled = few.assign(**{trips.TARGET: np.random.default_rng(0).permutation(few[trips.TARGET])})
    found = evaluate(fit(shuffled), valid)
    assert found["rmse"] > found["rmse_of_mean"]


def test_a_model_of_kilometres_is_measurably_worse(train, valid, model):
    """The bug that level 0 could not see: it runs, it predicts, and it is a quarter worse."""
    wrong = fit(train.assign(distance_miles=KM_PER_MILE * train["distance_miles"]))
    assert evaluate(wrong, valid)["rmse"] > 1.2 * evaluate(model, valid)["rmse"]


def test_the_trees_see_encodings_in_32_bits(few):
    """As a service computes them: two means that differ in the 15th digit are one number, and part no trips."""
    assert fit(few)[0].transform(table(few)).dtype == np.float32
