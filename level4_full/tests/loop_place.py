"""A small world for the loop: a city of a few hundred trips a day, limits made by hand, clocks of a few days.

Mornings here take a tenth of a second; a whole story, from the first model to one that is taken back, fits in a test.
"""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

import trips
from taxi import model
from taxi.loop.state import Policy
from taxi.loop.turn import Loop
from taxi.settings import Settings
from taxi.trial import clean_process, gate
from taxi.watch import limits, quality
from taxi.watch.days import COLUMNS, Groups
from taxi.watch.limits import Limits

BEGIN = date(2021, 1, 4)  # a Monday; what the city had before it
FIRST = BEGIN + timedelta(days=8)  # the first morning
QUICK = Policy(first_days=8, alarm_windows=(3, 5), alarm_holdout=2, alarm_days=12, alarm_again=4, calm_window=5,
               calm_holdout=3, calm_every=2, probation_days=4, probation_fewest=2, pause_days=3)  # fmt: skip
TRIPS = 650
SLOWER = 1.5


@cache
def month(name):
    raw = trips.City(0).month(name)
    days = raw.groupby(raw["lpep_pickup_datetime"].dt.date)
    return {day: rows.sample(min(TRIPS, len(rows)), random_state=1).sort_index() for day, rows in days}


def day_of(day):
    """A day's raw rows: always the same."""
    return month(f"{day:%Y-%m}")[day].reset_index(drop=True)


def slower(raw, times=SLOWER):
    """The same trips, taking so many times as long."""
    took = raw["lpep_dropoff_datetime"] - raw["lpep_pickup_datetime"]
    return raw.assign(lpep_dropoff_datetime=(raw["lpep_pickup_datetime"] + took * times).astype("datetime64[us]"))


def world(poisoned=(), poison=slower):
    """How days come; those named are changed."""

    def bring(day):
        if day < BEGIN:
            return None
        raw = day_of(day)
        return poison(raw) if day in poisoned else raw

    return bring


def quiet_limits(error=0.105):
    """Limits that nothing but the error passes: what quality does is tested with real ones."""
    boroughs = trips.open_source("city", 0).boroughs()
    rows = pd.concat([trips.clean(day_of(BEGIN + timedelta(days=ahead)))[0] for ahead in range(7)])
    groups = Groups.of(rows, boroughs)
    rules = dict.fromkeys([*quality.RULES, quality.UNITS], 0.9)
    return Limits(error, dict.fromkeys(COLUMNS, 99.0), rules, groups.edges.tolist(), groups.zones.tolist(), "city", "")


def ready(state: Path) -> Settings:
    """A folder with limits and a registry without versions."""
    from taxi import tracking

    settings = Settings(state=state)
    limits.save(quiet_limits(), state / "monitor" / "limits.json")
    tracking.connect(settings)
    return settings


def loop_of(settings: Settings, bring=None, rules: Policy = QUICK, **changes) -> Loop:
    return Loop(settings, "city", rules=replace(rules, **changes), fit=quickly, bring=bring or world())


def quickly(parts):
    """Models of a few trees: it is what is done with them that is looked at."""
    return [model.fit(rows, max_iter=15, learning_rate=0.3) for rows in parts]


def lived(loop: Loop, mornings: int, first: date = FIRST) -> list[str]:
    """So many mornings; what was done, a line each."""
    return [line for ahead in range(mornings) for line in loop.once(first + timedelta(days=ahead))]


def kinds(loop: Loop) -> list[str]:
    """What was decided, in order."""
    found = [one["kind"] for one in loop.ledger.events()]
    return [kind for kind in found if kind not in ("covariate shift", "model decay")]


def no_service_of_its_own(monkeypatch) -> None:
    """The gate starts a service for its last check, two seconds each: not where something else is tested."""
    monkeypatch.setattr(clean_process, "ask", answered)
    monkeypatch.setattr(gate, "_speed", lambda *_: gate.Row("speed", "1.0 times", "5 times", True))


def answered(graph, trip):
    from taxi.features import features
    from taxi.graph import Scorer

    row = features([trip["pickup_zone"]], [trip["dropoff_zone"]], [trip["distance_miles"]], [trip["pickup_at"]])
    return float(Scorer(graph).predict(row)[0])


def same(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.array_equal(one, other))
