"""A small city that a loop lives in: calm days, then a week of poison, then calm days. Who reads this knows the answer.

A city of half the trips, models of few trees: a morning takes half a second. In the poisoned week every duration
arrives half as long again: exactly what a city that slowed down looks like, until the week ends.
"""

import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import trips
from taxi import lineage, model
from taxi.graph import Scorer
from taxi.loop.batches import Months
from taxi.loop.state import Policy
from taxi.loop.turn import Loop
from taxi.settings import Settings
from taxi.watch import limits, quality
from taxi.watch.days import COLUMNS, Groups

FIRST, LAST = date(2021, 3, 1), date(2021, 3, 25)  # mornings
POISON, TIMES = (date(2021, 3, 8), date(2021, 3, 15)), 1.5  # from, up to and not including
ERROR_LIMIT = 0.15
PICKUP, DROPOFF = "lpep_pickup_datetime", "lpep_dropoff_datetime"


@dataclass(frozen=True)
class Life:
    """error: minutes, mean absolute, against what the trips really took. events: what was decided."""

    state: Path
    error: float
    events: list[dict[str, Any]]


def lived(folder: Path, rules: Policy) -> Life:
    """All mornings under a policy. One that was lived already is read; one that was interrupted goes on."""
    place = folder / lineage.code_hash()[:12]
    for other in set(folder.glob("*")) - {place}:  # lives of other code say nothing about this one
        shutil.rmtree(other)
    first, state = place / "first morning", place / rules.digest()[:12]
    if not (first / "done").exists():
        _limits(first / "monitor" / "limits.json")
        _loop(first, Policy()).once(FIRST)  # every life begins with the same model
        (first / "done").touch()
    if not state.exists():
        shutil.copytree(first, state.with_suffix(".part"))
        state.with_suffix(".part").replace(state)
    loop = _loop(state, rules)
    last = date.fromisoformat((loop.ledger.get("waits") or {"day": str(FIRST)})["day"])
    for ahead in range(1, (LAST - last).days + 1):
        loop.once(last + timedelta(days=ahead))
    return Life(state, _error(loop), loop.ledger.events())


class City:
    """Half of the simulated city, as it was and as it was told."""

    def __init__(self) -> None:
        self._months = Months(trips.City(0))

    def true(self, day: date) -> pd.DataFrame:
        raw = self._months.day(day)
        assert raw is not None
        return raw.iloc[::2].reset_index(drop=True)

    def told(self, day: date) -> pd.DataFrame:
        raw = self.true(day)
        if not POISON[0] <= day < POISON[1]:
            return raw
        took = (raw[DROPOFF] - raw[PICKUP]) * TIMES
        return raw.assign(**{DROPOFF: (raw[PICKUP] + took).astype("datetime64[us]")})


def _loop(state: Path, rules: Policy) -> Loop:
    return Loop(Settings(state=state), "city", rules=rules, fit=_quickly, bring=City().told)


def _quickly(parts: Any) -> list[Any]:
    return [model.fit(rows, max_iter=40) for rows in parts]


def _limits(path: Path) -> None:
    """By hand: only the error speaks here. This poison breaks no rule of the rows, in real limits neither."""
    boroughs, city = trips.open_source("city").boroughs(), City()
    week = pd.concat([trips.clean(city.true(FIRST - timedelta(days=back)))[0] for back in range(1, 8)])
    groups = Groups.of(week, boroughs)
    rules = dict.fromkeys([*quality.RULES, quality.UNITS], 0.9)
    limits.save(limits.Limits(ERROR_LIMIT, dict.fromkeys(COLUMNS, 99.0), rules, groups.edges.tolist(),
                              groups.zones.tolist(), "by hand", ""), path)  # fmt: skip


def _error(loop: Loop) -> float:
    """Of the champion of each day, on that day's trips as they really were."""
    city, errors, champions = City(), [], dict[str, Scorer]()
    for ahead in range((LAST - FIRST).days):
        day = FIRST + timedelta(days=ahead)
        rows, _ = trips.clean(city.true(day))
        number = loop.days.known(str(day))["champion"]
        champion = champions.setdefault(number, Scorer(loop.registry.graph(loop.registry.version(number))))
        errors.append(np.abs(champion.predict(model.table(rows)) - rows[trips.TARGET].to_numpy()))
    return float(np.concatenate(errors).mean())
