"""The error's detector: quiet where nothing happens, soon where it does, and it says what moved."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from watch_days import clean, days_of, groups

from taxi import model
from taxi.watch import limits, performance
from taxi.watch.days import Day, skipped

MONTHS = ("2020-08", "2020-09", "2020-10", "2020-11", "2020-12", "2021-01", "2021-02", "2021-03", "2021-04", "2021-05")
CALM = (9, 10, 11, 1, 3, 4, 5)  # without Christmas and the storms of February
RNG = np.random.default_rng(0)
INJECTED = {  # each raises the mean error by a fifth, or by more than a third
    "slower": lambda rows: rows.assign(duration_minutes=rows["duration_minutes"] * 1.165),
    "faster": lambda rows: rows.assign(duration_minutes=rows["duration_minutes"] * 0.796),
    "noise": lambda rows: rows.assign(duration_minutes=rows["duration_minutes"] * RNG.lognormal(0, 0.195, len(rows))),
    "slower by 35 %": lambda rows: rows.assign(duration_minutes=rows["duration_minutes"] * 1.255),
}


def drawn(n=200, error=0.3, sd=0.04, seed=0, first=date(2021, 3, 1)):
    """Days by chance: an error of a third of the predicted minutes."""
    rng = np.random.default_rng(seed)
    return [Day(first + timedelta(days=place), 1000, 900, 12 * error * np.exp(rng.normal(0, sd)), 12.0, 0.0, -1.0)
            for place in range(n)]  # fmt: skip


def worse(days, start, by, **changes):
    """From this place on the error is larger, and level or scatter moved."""
    return days[:start] + [replace(day, mae=day.mae * by, **changes) for day in days[start:]]


def test_an_alarm_comes_within_days_and_once():
    days = worse(drawn(), 100, 1.2, level=0.15)
    fired = [place for place in range(90, 130) if performance.look(days[: place + 1], 0.105).fires]
    assert 100 < fired[0] <= 105
    assert performance.alarms(performance.excess(performance.errors_of(days), 0.105), 0.105).sum() == 1
    assert fired == list(range(fired[0], fired[-1] + 1))  # it goes on until it is over
    assert performance.look(days[: fired[0] + 1], 0.105).cause == "level"
    noisy = worse(drawn(), 100, 1.2, scatter=-0.8)
    assert performance.cause_of(noisy[:104]) == "scatter"


def test_no_single_day_raises_an_alarm():
    days = worse(drawn(sd=0.001), 100, 5.0)
    assert not performance.look(days[:101], 0.105).fires
    assert performance.look(days[:103], 0.105).fires


def test_what_cannot_be_said_is_said():
    days = drawn()
    assert "fewer than 14 days" in performance.look(days[:10], 0.1).reason
    unlabelled = [*days[:100], Day(days[100].date, 1000, 3, 2.0, 12.0)]
    assert "3 trips of 1000 have a known duration" in performance.look(unlabelled, 0.1).reason
    assert "0 trips of 0" in performance.look([*days[:100], Day(days[100].date, 0)], 0.1).reason


def test_holidays_are_left_out():
    for day in ("2020-11-26", "2020-11-29", "2020-12-23", "2021-01-03", "2021-05-31"):
        assert skipped(date.fromisoformat(day))
    assert not skipped(date(2021, 3, 10))


@pytest.fixture(scope="module")
def real():
    return days_of("tlc", MONTHS)


@pytest.fixture(scope="module")
def calm(real):
    return [day for day in real if day.date.month in CALM]


def cusum(errors, k=0.5, h=5.0):
    """The textbook's: standardised by the first eight weeks, for ever; alarms counted, begun anew after each."""
    base = errors[:, :56]
    z = (errors - np.nanmean(base, axis=1, keepdims=True)) / np.nanstd(base, axis=1, keepdims=True)
    total, found = np.zeros(len(errors)), 0
    for day in range(56, errors.shape[1]):
        total = np.maximum(0, total + np.nan_to_num(z[:, day]) - k)
        found += int((total > h).sum())
        total[total > h] = 0
    return found


@pytest.mark.real
def test_in_two_hundred_quiet_years_there_is_half_an_alarm_a_year_and_the_textbook_has_more(calm, capsys):
    errors = performance.errors_of(calm)
    limit = limits.error_limit(calm, np.random.default_rng(0))
    worlds = errors[limits.years(calm, np.random.default_rng(1), 200)]
    ours = performance.alarms(performance.excess(worlds, limit), limit).sum() / 200
    mae = np.log([day.mae for day in calm])[limits.years(calm, np.random.default_rng(1), 200)]
    textbook = cusum(mae) / 200
    with capsys.disabled():
        print(
            f"\n  limit {limit:.3f}: {ours:.2f} alarms a quiet year; CUSUM (k .5, h 5) on log error {textbook:.1f}",
            end="",
        )
    assert ours <= 0.5
    assert textbook > 4 * ours


def delays(calm, changed, limit, many=400, onset=70, horizon=40):
    """Labelled days from the onset to the alarm in quiet years (infinity for none), and how often its cause is right.

    calm, changed: the same days, without and with the injection.
    """
    rng = np.random.default_rng(2)
    starts = rng.integers(0, 14, (many, 1))  # on any weekday, anywhere in a block
    places = np.take_along_axis(limits.years(calm, rng, many), starts + np.arange(onset + horizon), axis=1)
    before, after = performance.errors_of(calm)[places], performance.errors_of(changed)[places]
    worlds = np.where(np.arange(onset + horizon) < onset, before, after)
    fired = performance.alarms(performance.excess(worlds, limit), limit)
    worlds, places, fired = (found[~fired[:, :onset].any(axis=1)] for found in (worlds, places, fired))
    first, there = fired[:, onset:].argmax(axis=1), fired[:, onset:].any(axis=1)
    labelled = (~np.isnan(worlds[:, onset:])).cumsum(axis=1)
    took = np.where(there, labelled[np.arange(len(worlds)), first], np.inf)
    causes = []
    for place, day in zip(places[there], first[there], strict=True):
        lived = [calm[n] for n in place[:onset]] + [changed[n] for n in place[onset : onset + day + 1]]
        causes.append(performance.cause_of(lived))
    return took, causes


@pytest.mark.real
@pytest.mark.parametrize("kind", INJECTED)
def test_a_fifth_more_error_is_told_within_days_and_its_cause_is_named(calm, kind, capsys):
    changed = [day for day in days_of("tlc", MONTHS, changed=INJECTED[kind]) if day.date.month in CALM]
    took, causes = delays(calm, changed, limits.error_limit(calm, np.random.default_rng(0)))
    named = np.mean([cause == ("scatter" if kind == "noise" else "level") for cause in causes])
    median, late = np.quantile(took, [0.5, 0.95], method="higher")
    with capsys.disabled():
        print(f"\n  {kind}: {len(took)} worlds, median {median:g} days, p95 {late:g}, "
              f"within 5 {np.mean(took <= 5):.0%}, cause right {named:.1%}", end="")  # fmt: skip
    assert median <= 3
    assert named >= 0.95
    assert late <= (4 if "35" in kind else 10)
    assert np.mean(took <= 5) >= 0.8


@pytest.mark.real
def test_the_lockdown_is_told_within_days(capsys):
    """A champion of the first three weeks of March: hindsight of three weeks, and no label comes late."""
    march = clean("tlc", "2020-03")
    fitted = model.fit(march[march["pickup_at"] < "2020-03-22"])
    days = days_of("tlc", ["2020-03", "2020-04"], fitted, of=groups("tlc", "2020-03"))
    fired = [days[n].date for n in range(len(days)) if performance.look(days[: n + 1], 0.105).fires]
    with capsys.disabled():
        print(f"\n  lockdown: the error speaks on {fired[0]:%d %B}", end="")
    assert fired[0] <= date(2020, 3, 27)
