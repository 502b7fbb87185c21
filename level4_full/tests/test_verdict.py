"""What a verdict says of experiments whose truth is known, and of experiments on real months."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from experiments import BOROUGHS, drawn, judged, of_models

import trips
from taxi.trial import cohorts, evidence, guards
from taxi.trial.ramp import STEPS, share_of
from taxi.trial.verdict import Outcome, block_means, judge, unpaired_gain


def test_a_better_challenger_is_promoted_after_nine_days_at_the_earliest():
    verdict, day = judged(drawn(gain=0.1))
    assert (verdict.outcome, day) == (Outcome.PROMOTE, 9)
    assert "it is better" in verdict.reasons[0]


def test_an_equal_one_is_kept_from_serving_after_nine_blocks_and_told_what_would_have_been_seen():
    verdict, day = judged(drawn(gain=0.0, day_sd=0.02))
    assert (verdict.outcome, day) == (Outcome.KEEP, 27)
    assert "would have been seen" in verdict.reasons[0]
    assert 0 < verdict.figures["detectable"] < 1


def test_a_worse_one_is_stopped_within_days():
    verdict, day = judged(drawn(gain=-0.3))
    assert verdict.outcome is Outcome.STOP
    assert day <= 3
    assert "harm" in verdict.reasons[0]


def test_riders_of_the_challenger_that_are_missing_are_noticed_and_placed():
    """A quarter of its riders is not in the log; or all are, but their outcomes are lost."""
    found = drawn(gain=0.1)
    lost = (found["variant"] == "challenger") & (np.arange(len(found)) % 4 == 0)
    verdict, _ = judged(found[~lost])
    assert verdict.outcome is Outcome.STOP
    assert "assigned" in verdict.reasons[0]
    verdict, _ = judged(found.assign(minutes=found["minutes"].mask(lost)))
    assert "labelled" in verdict.reasons[0]
    verdict, _ = judged(found.assign(by=found["by"].mask(lost, "champion")))
    assert "answered" in verdict.reasons[0]


def test_failures_and_answers_that_cannot_be_stop_it_on_the_first_day():
    found = drawn(gain=0.1)
    some = np.arange(len(found)) % 10 == 0
    for spoilt, word in (
        (found.assign(failed=np.where(some, "nan", None), challenger=found["challenger"].mask(some)), "it fails"),
        (found.assign(challenger=found["challenger"].mask(some, -3.0)), "cannot be"),
    ):
        verdict, day = judged(spoilt)
        assert verdict.outcome is Outcome.STOP
        assert day <= 2
        assert any(word in reason for reason in verdict.reasons)


def test_a_slow_one_is_stopped():
    assert judged(drawn(gain=0.1), latency=1.1)[0].outcome is Outcome.PROMOTE
    verdict, day = judged(drawn(gain=0.1), latency=3.0)
    assert (verdict.outcome, day) == (Outcome.STOP, 1)
    assert "slow" in verdict.reasons[0]


def test_one_that_fails_in_one_borough_is_stopped_though_it_is_better_on_the_whole():
    found = drawn(gain=0.1)
    queens = BOROUGHS[found["pickup_zone"]] == "Queens"
    worse = found["minutes"] + 1.5 * (found["champion"] - found["minutes"])
    verdict, _ = judged(found.assign(challenger=found["challenger"].mask(queens, worse)))
    assert verdict.outcome is Outcome.STOP
    assert "it fails Queens" in " ".join(verdict.reasons)
    assert "Brooklyn" not in " ".join(verdict.reasons)


def test_a_gain_that_only_the_log_knows_is_not_promoted():
    """Paired it is better; the riders who met it were served worse: something between log and rider is not right."""
    found = drawn(gain=0.1)
    met = found["variant"] == "challenger"
    lied = found.assign(minutes=found["minutes"].mask(met, (found["minutes"] + 9).clip(1, 60)))
    verdict, _ = judged(lied)
    assert verdict.outcome is Outcome.STOP


def test_a_gain_of_less_than_half_a_percent_is_not_promoted_however_sure():
    blocks = 0.004 + np.array([[0.0001, -0.0001, 0.0001, -0.0001, 0.0, 0.0001]])
    assert evidence.log_e(blocks) > np.log(1e3)
    assert not evidence.superior(blocks, 1.0)
    assert evidence.superior(blocks, 0.5)


def test_the_evidence_is_the_formula_written_out():
    blocks, phi = np.array([0.3, 0.1, 0.4, 0.2]), 0.2
    n, v = 4, 3
    t = blocks.mean() / (blocks.std(ddof=1) / 2)
    expected = 0.5 * np.log(phi / (phi + n)) - (v + 1) / 2 * (
        np.log(1 + t**2 / v * phi / (phi + n)) - np.log(1 + t**2 / v)
    )
    assert evidence.log_e(blocks) == pytest.approx(expected)
    assert evidence.log_e(np.zeros(5)) == -np.inf
    assert evidence.log_e(np.array([1.0])) == -np.inf


def test_only_whole_matured_days_count_by_when_they_were_asked_for():
    """A trip asked for at 23:59 counts three hours later, with its outcome or without."""
    found = drawn(days=4)
    for hour, days in ((2, 2), (3, 3)):
        now = found["at"].min().floor("D") + pd.Timedelta(days=3, hours=hour)
        some, counted = cohorts.matured(found, now, BOROUGHS)
        assert (counted, some["day"].max()) == (days, days - 1)
    unlabelled = found.assign(minutes=found["minutes"].where(found["minutes"] < 15))
    trips_, _ = cohorts.matured(unlabelled, now, BOROUGHS)
    assert len(trips_) == 900
    assert trips_["saved"].isna().any()


def test_the_unpaired_gain_compares_within_a_day_and_agrees():
    found, _ = cohorts.matured(drawn(gain=0.1), pd.Timestamp("2021-05-01", tz="UTC"), BOROUGHS)
    gain, error = unpaired_gain(found)
    assert abs(gain - found["saved"].mean()) < 4 * error


def test_the_ramp_is_a_day_a_step_and_ends_at_half():
    assert [share_of(day) for day in range(7)] == [*STEPS, STEPS[-1], STEPS[-1]]


def test_the_sample_ratio_raises_no_false_alarm_in_two_thousand_experiments():
    """At .05 % a look, at most five in two thousand; and riders who come often are counted once."""
    rng = np.random.default_rng(0)
    alarms = 0
    for _ in range(2000):
        share = np.repeat(STEPS[1:], 500)
        arm = np.where(rng.random(2000) < share, "challenger", "champion")
        one = pd.DataFrame({"id": np.arange(2000), "rider": None, "share": share, "variant": arm})
        alarms += guards.ratio_p(one) < guards.RATIO_ALPHA
    assert alarms <= 5
    often = pd.concat([one] * 9).assign(rider=np.tile(np.arange(2000), 9))
    assert guards.ratio_p(often) == guards.ratio_p(one)


@cache
def fitted(month, seed=0, **learner):
    from taxi.model import fit

    return fit(real(month), seed, **learner)


@cache
def real(*months):
    source = trips.open_source("tlc")
    return pd.concat([trips.clean(source.month(month))[0] for month in months], ignore_index=True)


@pytest.mark.real
def test_on_real_months_march_wins_over_january_and_a_model_over_itself_does_not(capsys):
    boroughs = trips.open_source("tlc").boroughs()
    spring = real("2021-04", "2021-05")
    march = of_models(spring, boroughs, fitted("2021-01").predict, fitted("2021-03").predict)
    same = of_models(spring, boroughs, fitted("2021-01").predict, fitted("2021-01", seed=1).predict)
    with capsys.disabled():
        for name, found in (("March against January", march), ("two seeds", same)):
            verdict, day = judged(found, boroughs)
            print(f"\n  {name}: {verdict.outcome} on day {day}: {'; '.join(verdict.reasons)}", end="")
            assert verdict.outcome is (Outcome.PROMOTE if found is march else Outcome.KEEP)


@pytest.mark.real
def test_two_seeds_on_real_months_are_promoted_in_no_more_than_one_of_twenty_resampled_worlds(capsys):
    """Blocks drawn with replacement and signs by chance, as neither seed is the better one: 1,000 worlds."""
    boroughs = trips.open_source("tlc").boroughs()
    found = of_models(real("2021-04", "2021-05"), boroughs, fitted("2021-01").predict,
                      fitted("2021-01", seed=1).predict)  # fmt: skip
    judged_, _ = cohorts.matured(found, found["at"].max() + pd.Timedelta(hours=4), boroughs)
    blocks = np.asarray(judged_.groupby(judged_["day"] // 3)["saved"].mean())
    rng = np.random.default_rng(0)
    worlds = rng.choice(blocks - blocks.mean(), (1000, evidence.HORIZON))
    mae = float(judged_["champion_loss"].mean())
    promoted = np.any([evidence.superior(worlds[:, :n], mae) for n in range(3, evidence.HORIZON + 1)], axis=0).sum()
    with capsys.disabled():
        print(f"\n  {promoted} of 1,000 promoted; blocks vary by {blocks.std() / mae:.2%} of the error", end="")
    assert promoted <= 68


def test_a_block_that_is_not_over_does_not_count():
    found = drawn(days=8)
    some, days = cohorts.matured(found, found["at"].max() + pd.Timedelta(hours=4), BOROUGHS)
    assert (days, len(block_means(some, days))) == (8, 2)
    assert judge(some, days).outcome is Outcome.WAIT
