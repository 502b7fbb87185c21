"""Days to watch: months scored by a champion of the two months before, summed up; and what can be done to a day."""

from functools import cache

import pandas as pd

import trips
from taxi import checks, model
from taxi.watch.days import Groups, summed_up


@cache
def month(source, name):
    return trips.open_source(source).month(name)


@cache
def clean(source, name):
    return trips.clean(month(source, name))[0]


@cache
def champion(source, *months):
    """Fitted on these months."""
    return model.fit(pd.concat([clean(source, name) for name in months], ignore_index=True))


def before(name, many=2):
    """The months before."""
    period = pd.Period(name)
    return tuple(str(period - n) for n in range(many, 0, -1))


@cache
def groups(source, *months):
    whole = pd.concat([clean(source, name) for name in months], ignore_index=True)
    return Groups.of(whole, trips.open_source(source).boroughs())


def scored(source, name, fitted=None):
    """The month's kept trips with what a champion says."""
    found = clean(source, name)
    return found.assign(predicted=(fitted or champion(source, *before(name))).predict(model.table(found)))


def frames(source, name, fitted=None):
    """(date, kept trips with predictions) of each day of the month."""
    rows, first = scored(source, name, fitted), pd.Period(name)
    date = rows["pickup_at"].dt.floor("D")
    for day in pd.date_range(first.start_time, first.end_time.floor("D")):
        yield day.date(), rows[date == day]


def days_of(source, names, fitted=None, changed=lambda rows: rows, of=None):
    """One after the other, as the detectors see them. fitted: one champion for all, else each month's own."""
    of = of or groups(source, *before(names[0]))
    return [summed_up(day, changed(rows), of) for name in names for day, rows in frames(source, name, fitted)]


def raw_days(source, name):
    """(date, raw rows, what the month before looked like) of each day."""
    known = checks.learn(month(source, before(name)[-1]))
    first = pd.Period(name)
    for day, raw in trips.days(trips.open_source(source), first.start_time.date(), first.end_time.date()):
        yield day, raw, known
