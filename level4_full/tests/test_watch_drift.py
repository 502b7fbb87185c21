"""Trips that changed are told within days; days that differ by chance, a school holiday, a slow season are not."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from watch_days import clean, days_of, groups

from taxi.watch import drift, limits
from taxi.watch.days import COLUMNS, Day, skipped, summed_up

MONTHS = ("2020-08", "2020-09", "2020-10", "2020-11", "2020-12", "2021-01", "2021-02", "2021-03", "2021-04", "2021-05")
CALM = (9, 10, 11, 1, 3, 4, 5)
SHARES = {"pick-up borough": 6, "drop-off borough": 6, "hours": 12, "distance": 10, "zones": 31}
LIMITS = dict.fromkeys(COLUMNS, 0.05)


def drawn(n=80, a_day=3000, seed=0):
    """Days by chance; weekends have other hours."""
    rng, days = np.random.default_rng(seed), []
    for place in range(n):
        day = date(2021, 3, 1) + timedelta(days=place)
        usual = {name: np.arange(1, many + 1) ** (0.5 if day.weekday() > 4 and name == "hours" else 1.0)
                 for name, many in SHARES.items()}  # fmt: skip
        counts = {name: rng.multinomial(a_day, share / share.sum()).astype(float) for name, share in usual.items()}
        days.append(Day(day, a_day, counts=counts))
    return days


def moved(day, column, part=0.25):
    """A quarter of the trips are in one group."""
    counts = day.counts[column] * (1 - part)
    counts[0] += part * day.counts[column].sum()
    return replace(day, counts=day.counts | {column: counts})


def test_the_index_is_what_it_says():
    assert drift.psi(np.array([50.0, 50.0]), np.array([5.0, 5.0])) == 0
    assert drift.psi(np.array([60.0, 40.0]), np.array([50.0, 50.0])) == pytest.approx(
        0.1 * np.log(1.2) - 0.1 * np.log(0.8)
    )
    assert np.isfinite(drift.psi(np.array([1.0, 0.0]), np.array([0.0, 1.0])))


def test_it_takes_two_days_of_three():
    days = drawn()
    once = [*days[:70], moved(days[70], "hours"), *days[71:]]
    assert not any(drift.look(once[: place + 1], LIMITS).fires for place in range(65, 80))
    twice = [*once[:71], moved(days[71], "hours"), *days[72:]]
    found = drift.look(twice[:72], LIMITS)
    assert found.columns == ["hours"]
    assert "hours" in found.reason
    assert not drift.look(twice[:73], LIMITS).fires  # it is over


def test_a_weekend_is_held_against_weekends_and_a_first_month_against_nothing():
    days = drawn()
    assert all(max(drift.look(days[: place + 1], LIMITS).scores.values()) < 0.03 for place in range(65, 80))
    first = drift.look(days[:6], LIMITS)
    assert not first.fires
    assert "too few days of its kind" in first.reason
    assert "too few days of its kind" in drift.look([*days[:70], Day(days[70].date, 0)], LIMITS).reason


@pytest.fixture(scope="module")
def real():
    return days_of("tlc", MONTHS)


@pytest.fixture(scope="module")
def calm(real):
    return [day for day in real if day.date.month in CALM]


def episodes(days, limit, first=62):
    """Places of the days on which an alarm begins: what fires again within a week is the same one."""
    scores = [drift.scores(days, place) for place in range(len(days))]
    fired = [place for place in range(first, len(days)) if drift.judged(scores[place - 2 : place + 1], limit).fires]
    return [place for number, place in enumerate(fired) if not number or place - fired[number - 1] > 7]


def limits_of(days):
    worst = np.nanmax(drift.table(days), axis=0) * limits.MARGIN["drift"]
    return dict(zip(COLUMNS, worst, strict=True))


@pytest.mark.real
def test_calm_years_are_quiet_and_raw_zones_drift_every_day(real, calm, capsys):
    """Two hundred quiet years of resampled weeks; and the year as it was, with its two snowfalls."""
    limit, rng = limits_of(calm), np.random.default_rng(0)
    worlds = limits.years(calm, rng, 200)
    quiet = sum(len(episodes([calm[n] for n in world], limit)) for world in worlds)
    seen = episodes(real, limit)
    naive = np.mean([zones_drift(real[0].date.replace(day=1), day) for day in range(1, 31)])
    with capsys.disabled():
        when = ", ".join(f"{real[n].date:%d %b}" for n in seen)
        print(f"\n  drift: {quiet} alarms in 200 quiet years; as it was: {when}; "
              f"raw zones, the usual default: {naive:.0%} of the days", end="")  # fmt: skip
    assert quiet / (200 * 358) * 90 <= 1
    assert len(seen) / (len(real) - 62) * 90 <= 1
    assert [real[n].date.month for n in seen] == [12, 2]  # both are real: streets under snow
    assert naive > 0.9


def zones_drift(_, day):
    """Jensen-Shannon distance of a day's raw zones to the two months before, 0.1 or more: the default of a library."""
    from scipy.spatial.distance import jensenshannon

    before = np.concatenate([clean("tlc", name)["pickup_zone"] for name in ("2020-09", "2020-10")])
    month = clean("tlc", "2020-11")
    now = month["pickup_zone"][month["pickup_at"].dt.day == day]
    return jensenshannon(np.bincount(now, minlength=266), np.bincount(before, minlength=266)) >= 0.1


@pytest.mark.real
@pytest.mark.parametrize("column", ["pick-up borough", "hours", "distance"])
def test_a_quarter_of_the_trips_moved_is_told_in_two_days(calm, column, capsys):
    limit = limits_of(calm)
    took = []
    for onset in range(75, len(calm) - 6):
        if any(skipped(day.date) for day in calm[onset : onset + 3]):  # of no kind: nothing is said
            continue
        world = [*calm[:onset], *(moved(day, column) for day in calm[onset : onset + 6])]
        fired = [n for n in range(onset, onset + 6) if drift.look(world[onset - 70 : n + 1], limit).fires]
        took.append(fired[0] - onset + 1 if fired else np.inf)
    with capsys.disabled():
        print(f"\n  {column}: {len(took)} onsets, within three days {np.mean(np.array(took) <= 3):.1%}", end="")
    assert np.mean(np.array(took) <= 3) >= 0.95


def test_a_day_is_summed_up_as_it_is():
    import trips
    from taxi.watch.days import Groups

    rows = trips.clean(trips.City(0).month("2021-01"))[0].head(5000)
    day = summed_up(date(2021, 1, 1), rows.assign(predicted=10.0), Groups.of(rows, trips.City(0).boroughs()))
    assert all(counts.sum() == len(rows) for counts in day.counts.values())
    assert day.mae == pytest.approx((rows["duration_minutes"] - 10).abs().mean())
    assert day.relative == pytest.approx(np.log(day.mae / 10))
    assert summed_up(date(2021, 1, 1), rows.head(0).assign(predicted=10.0), groups("city", "2021-01")).trips == 0
