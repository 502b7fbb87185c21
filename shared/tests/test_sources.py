"""Two sources behind one interface, month by month and day by day."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from tlc_files import save, table

import trips

FIRST, LAST = date(2021, 1, 30), date(2021, 3, 2)  # over two borders of months, and all of February
MONTHS = ("2021-01", "2021-02", "2021-03")
PICKUP = "lpep_pickup_datetime"
LOCKDOWN = trips.Incident("lockdown", "2021-02-10", "2021-02-20", 0.6)


@pytest.fixture(params=["city", "tlc"])
def source(request, tmp_path, monkeypatch):
    """Each of the two; tlc with small months of January to March 2021."""
    monkeypatch.setenv("TRIPS_DIR", str(tmp_path))
    for month in MONTHS:
        save(tmp_path, month, table(month))
    return trips.open_source(request.param)


def test_a_stream_brings_each_day_once_and_in_order(source):
    days = [day for day, _ in trips.days(source, FIRST, LAST)]
    assert days == [FIRST + timedelta(days=number) for number in range(32)]


def test_a_stream_brings_each_trip_once_on_the_day_of_its_pick_up(source):
    """Together the days are the months, less what was picked up before, after, or in another month."""
    streamed = []
    for day, rows in trips.days(source, FIRST, LAST):
        assert set(rows[PICKUP].dt.date) <= {day}
        assert rows[PICKUP].is_monotonic_increasing
        assert rows.index.tolist() == list(range(len(rows)))
        streamed.append(rows)
    inside = []
    for month in MONTHS:
        raw = source.month(month)
        in_range = (raw[PICKUP] >= pd.Timestamp(FIRST)) & (raw[PICKUP] < pd.Timestamp(LAST + timedelta(days=1)))
        inside.append(raw[in_range & (raw[PICKUP].dt.strftime("%Y-%m") == month)])
    columns = list(inside[0])
    together, expected = (pd.concat(parts).sort_values(columns, ignore_index=True) for parts in (streamed, inside))
    assert len(together) > 1000
    pd.testing.assert_frame_equal(together, expected)


def test_a_stream_of_one_day_is_that_day(source):
    [(day, rows)] = trips.days(source, LAST, LAST)
    assert day == LAST
    assert len(rows) > 0


def test_a_stream_that_ends_before_it_begins_is_empty(source):
    assert list(trips.days(source, LAST, FIRST)) == []


def test_a_day_without_trips_comes_as_an_empty_frame(tmp_path, monkeypatch):
    monkeypatch.setenv("TRIPS_DIR", str(tmp_path))
    times = table("2021-01")[PICKUP].to_pandas().dt.day
    save(tmp_path, "2021-01", table("2021-01").filter((times != 20).to_numpy()))
    frames = dict(trips.days(trips.open_source("tlc"), date(2021, 1, 19), date(2021, 1, 21)))
    assert [len(frame) > 0 for frame in frames.values()] == [True, False, True]
    assert frames[date(2021, 1, 20)].dtypes.equals(frames[date(2021, 1, 19)].dtypes)


def test_a_pick_up_time_that_is_missing_is_on_no_day(tmp_path, monkeypatch):
    monkeypatch.setenv("TRIPS_DIR", str(tmp_path))
    frame = table("2021-01").to_pandas()
    frame.loc[::3, PICKUP] = pd.NaT
    save(tmp_path, "2021-01", table("2021-01").from_pandas(frame, schema=table("2021-01").schema))
    rows = pd.concat([rows for _, rows in trips.days(trips.open_source("tlc"), date(2021, 1, 1), date(2021, 1, 31))])
    assert rows[PICKUP].notna().all()
    assert len(rows) > len(frame) / 2


def test_both_sources_give_the_same_columns_and_types(source):
    other = trips.open_source("city", seed=1)
    assert source.month("2021-02").dtypes.equals(other.month("2021-02").dtypes)


def test_every_zone_has_a_borough(source):
    boroughs = source.boroughs()
    assert (boroughs.shape, boroughs.dtype.kind) == ((266,), "U")
    assert all(boroughs)


def test_the_city_has_six_boroughs_and_two_zones_of_unknown_place():
    names, counts = np.unique(trips.open_source("city").boroughs()[1:], return_counts=True)
    assert dict(zip(names.tolist(), counts.tolist(), strict=True)) == {
        "Manhattan": 69, "Brooklyn": 61, "Queens": 69, "Bronx": 43, "Staten Island": 20, "Newark": 1, "Unknown": 2,
    }  # fmt: skip


def test_the_city_lives_from_2018_to_2039():
    city = trips.open_source("city")
    months = city.months()
    assert (months[0], months[-1], len(months)) == ("2018-01", "2039-10", 22 * 12 - 2)
    assert all(len(city.month(month)) > 50_000 for month in (months[0], months[-1]))


@pytest.mark.parametrize("month", ["2017-12", "2039-11"])
def test_outside_its_life_the_city_says_when_it_lives(month):
    with pytest.raises(trips.MonthUnavailable, match=r"the city has no .*It lives from 2018-01 to 2039-10"):
        trips.open_source("city").month(month)


def test_the_city_refuses_a_name_that_is_no_month():
    with pytest.raises(trips.BadName, match="is no month"):
        trips.open_source("city").month("2021-1")


def test_a_seed_is_a_world_of_its_own():
    one, two, again = (trips.open_source("city", seed).month("2021-01") for seed in (1, 2, 1))
    assert one.equals(again)
    assert not one.equals(two)


def test_an_incident_is_in_the_citys_months_and_in_its_truth():
    """Six of ten trips are gone at its height; the day before knows nothing of it."""
    calm, hit = trips.City(), trips.City(incidents=[LOCKDOWN])
    days = [dict(trips.days(city, date(2021, 2, 9), date(2021, 2, 12))) for city in (calm, hit)]
    assert days[0][date(2021, 2, 9)].equals(days[1][date(2021, 2, 9)])
    assert len(days[1][date(2021, 2, 12)]) < 0.5 * len(days[0][date(2021, 2, 12)])
    assert hit.truth(date(2021, 2, 9), date(2021, 2, 11))["lockdown"].tolist() == [0.0, 0.6, 0.6]


def test_real_months_take_no_incidents():
    with pytest.raises(trips.BadName, match=r"real months take no incidents. Use the source city"):
        trips.open_source("tlc", incidents=[LOCKDOWN])


@pytest.mark.parametrize("name", ["taxi", "", "City"])
def test_an_unknown_source_is_refused_with_the_known_ones(name):
    with pytest.raises(trips.BadName, match=r"no source is called .*Choose one of: city, tlc"):
        trips.open_source(name)


def test_a_negative_seed_is_refused():
    with pytest.raises(trips.BadName, match=r"seed -1 is negative. Choose 0 or more"):
        trips.open_source("city", seed=-1)


def test_the_package_has_all_its_public_names_and_no_other():
    """They are imported at their first use."""
    assert all(getattr(trips, name) is not None for name in trips.__all__)
    assert set(trips.__all__) <= set(dir(trips))
    with pytest.raises(AttributeError, match="no attribute 'taxi'"):
        trips.taxi  # noqa: B018


@pytest.mark.real
def test_a_stream_over_real_months_brings_each_day_once():
    days = list(trips.days(trips.open_source("tlc"), FIRST, LAST))
    assert [day for day, _ in days] == [FIRST + timedelta(days=number) for number in range(32)]
    assert min(days, key=lambda day: len(day[1]))[0] == date(2021, 2, 1)  # New York under 17 inches of snow


@pytest.mark.parametrize("source", [trips.City(3), pytest.param(trips.Tlc(), marks=pytest.mark.real)])
def test_days_are_good_in_place_of_a_month(source):
    """Across the end of a month: the same rows that the stream of days has."""
    rows = source.month("2021-01-30..2021-02-02")
    days = [raw for _, raw in trips.days(source, date(2021, 1, 30), date(2021, 2, 2))]
    assert len(days) == 4
    assert len(rows) == sum(map(len, days))
    assert rows["lpep_pickup_datetime"].dt.date.nunique() == 4


@pytest.mark.parametrize("name", ["2021-02-30..2021-03-01", "2021-03-02..2021-03-01"])
def test_days_that_cannot_be_are_refused(name):
    with pytest.raises(trips.BadName):
        trips.City(0).month(name)


def test_what_happens_to_the_city_can_be_said_from_outside(monkeypatch):
    """And what the caller says counts more."""
    monkeypatch.setenv("TRIPS_INCIDENTS", "nulls:2021-01-03:2021-01-04:0.5 kilometres:2021-01-05:2021-01-06:1")
    assert [one.kind for one in trips.open_source("city").incidents] == ["nulls", "kilometres"]
    own = [trips.Incident("nulls", "2021-02-03", "2021-02-04", 0.1)]
    assert list(trips.open_source("city", 0, own).incidents) == own
    assert trips.open_source("city", 0, ()).incidents == ()
    monkeypatch.setenv("TRIPS_INCIDENTS", "nulls")
    with pytest.raises(trips.BadName, match="kind:start:end:size"):
        trips.open_source("city")
