"""What an incident was is on record, day by day, and one that cannot be is refused with what to write instead."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import trips
from trips import BadName, Incident
from trips.city import KINDS

START, END = "2021-03-10", "2021-03-20"
LASTING = ("slowdown", "lockdown")  # the one stays, the other fades


def test_the_truth_is_on_record():
    """A source tells for any day which incident was on and how strong: a slow-down ramps, a lockdown fades."""
    slow, lock = Incident("slowdown", START, END, 0.2), Incident("lockdown", START, END, 0.6)
    truth = trips.City(0, [slow, lock, lock]).truth(date(2021, 3, 1), date(2021, 4, 30))
    assert list(truth.columns) == list(KINDS)
    assert (truth.index[0], truth.index[-1]) == (pd.Timestamp("2021-03-01"), pd.Timestamp("2021-04-30"))
    assert list(truth["slowdown"].loc["2021-03-09":"2021-03-12"]) == pytest.approx([0, 0, 0.02, 0.04])
    assert (truth["slowdown"].loc[END:] == 0.2).all()
    assert (truth["lockdown"].loc[START:END] == 1.2).all()  # two at once
    assert truth["lockdown"].loc["2021-04-19"] == pytest.approx(1.2 / np.e)
    assert not truth.drop(columns=list(LASTING)).any(axis=None)


@given(st.sampled_from(KINDS), st.dates(date(2019, 1, 1), date(2022, 1, 1)), st.integers(1, 400), st.floats(0.001, 1))
def test_strength_is_zero_outside_and_never_above_the_size(kind, start, length, size):
    """Whatever the window: nothing before the start; nothing from the end on, unless it lasts."""
    end = date.fromordinal(start.toordinal() + length)
    strength = Incident(kind, str(start), str(end), size).strength(np.arange("2018-06", "2024-01", dtype="M8[D]"))
    first, last = ((np.datetime64(day) - np.datetime64("2018-06-01")).astype(int) for day in (start, end))
    assert not strength[:first].any()
    assert 0 <= strength.min() <= strength.max() <= size
    assert kind in LASTING or not strength[last:].any()


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("flood:2021-03-01:2021-04-01:.5", "Choose one of: slowdown"),
        ("nulls:2021-03-32:2021-04-01:.5", "Write dates as 2021-03-01"),
        ("nulls:2021-04-01:2021-03-01:.5", "Swap the dates"),
        ("nulls:2021-03-01:2021-03-01:.5", "Swap the dates"),
        ("nulls:2021-03-01:2021-04-01:0", "Give a share"),
        ("nulls:2021-03-01:2021-04-01:1.5", "Give a share"),
        ("nulls:2021-03-01:2021-04-01:nan", "Give a share"),
        ("slowdown:2021-03-01:2021-04-01:-.2", "Give a share"),
        ("nulls:2021-03-01:.5", "Write kind:start:end:size"),
        ("nulls:2021-03-01:2021-04-01:much", "Write kind:start:end:size"),
    ],
)
def test_a_bad_incident_says_what_to_write(text, remedy):
    """One line that ends with the remedy."""
    with pytest.raises(BadName, match=remedy) as caught:
        Incident.parse(text)
    assert "\n" not in str(caught.value)


def test_an_incident_can_be_written_on_a_command_line():
    """kind:start:end:size is the same incident."""
    assert Incident.parse("lockdown:2021-03-10:2021-03-20:0.6") == Incident("lockdown", START, END, 0.6)
