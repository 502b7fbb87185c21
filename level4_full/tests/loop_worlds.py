"""Worlds with known truth for the loop to live through: a city of some trips a day, shocked and spoilt, or calm.

python loop_worlds.py FOLDER SEED shocked|calm     one world, its lives as a line of JSON
"""

import json
import sys
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import loop_place
import numpy as np
import pandas as pd
from loop_place import quickly

import trips
from taxi.loop import policy, rivals
from taxi.loop.state import Action, Decision
from taxi.loop.turn import POLICY, Loop
from taxi.settings import Settings
from taxi.watch import gather, limits
from taxi.watch.source import of_months
from trips import Incident

FIRST, LAST = date(2021, 1, 11), date(2021, 9, 5)
CALM = ("2020-09", "2020-10", "2020-11", "2020-12")
TRIPS = 900
CHANGES = ("lockdown", "slowdown")  # of the world; what else happens only spoils the days
KNOWN = 35  # days before the first morning
# level 3 as its people live it: told the day after, four weeks of trips whatever happened, three days of a ramp
LEVEL3 = replace(POLICY, alarm_windows=(28,), calm_every=30, canary_days=3)


class Thinned:
    """The days of a city, a part of their trips; always the same ones."""

    def __init__(self, seed, incidents=()):
        self._city, self._months = trips.City(seed, incidents), {}

    def month(self, name):
        """As a source has it, thinned."""
        if name not in self._months:
            raw = self._city.month(name)
            by = raw.groupby(raw["lpep_pickup_datetime"].dt.date)
            self._months[name] = {
                day: rows.sample(min(TRIPS, len(rows)), random_state=1).sort_index() for day, rows in by
            }
        return self._months[name]

    def day(self, day):
        return self.month(f"{day:%Y-%m}")[day].reset_index(drop=True)

    def cleaned(self, first, last):
        days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
        return [(day, trips.clean(self.day(day))[0]) for day in days]


def incidents(seed):
    """Two that change the world, three that only spoil the days."""
    chance = np.random.default_rng(seed)

    def on(low, high):
        return FIRST + timedelta(days=int(chance.integers(low, high)))

    lockdown, slower = on(50, 80), on(150, 175)
    kinds = [("lockdown", lockdown, 55, 0.6), ("slowdown", slower, 10, 0.2), ("kilometres", on(20, 40), 7, 1.0),
             ("minus_one", on(115, 125), 3, 0.3), ("nulls", on(130, 140), 3, 0.3)]  # fmt: skip
    return [Incident(kind, str(start), str(start + timedelta(days=days)), size) for kind, start, days, size in kinds]


def limits_of(seed, path):
    """Of calm months of the same city, thinned as it is, each scored by a model of the month before."""
    calm, boroughs = Thinned(seed), trips.open_source("city", 0).boroughs()
    days = []
    for name in CALM:
        month = pd.Period(name)
        before = calm.cleaned((month - 1).start_time.date(), (month - 1).end_time.date())
        (fitted,) = quickly([pd.concat([rows for _, rows in before], ignore_index=True)])
        days += of_months(calm_source(calm), fitted, name, month.start_time.date(), month.end_time.date())
    limits.save(gather.limits_of(days, boroughs, f"city {seed}"), path)


def calm_source(thinned):
    """As `trips.days` wants it."""

    class Source:
        name = "city"

        def month(self, name):
            return pd.concat(thinned.month(name).values(), ignore_index=True)

    return Source()


def by_hand():
    """Level 3's rule: somebody hears of an alarm, and answers it the day after, where it goes on."""
    heard = set()

    def decide(rules, state, morning):
        decision = policy.decide(rules, state, morning)
        if decision.action is Action.OPEN:
            heard.add(morning.day)
            if morning.day - timedelta(days=1) not in heard:
                return Decision(Action.WAIT, "a person was told", state)
        return decision

    return decide


def live(folder, name, world, rules=POLICY, decide=policy.decide, first=FIRST, last=LAST, fit=quickly):
    """A loop that lived each morning of a world; limits lie in the folder already."""
    settings = Settings(state=folder / name)
    limits.save(limits.read(folder / "limits.json"), settings.state / "monitor" / "limits.json")
    loop = Loop(settings, "city", rules=rules, fit=fit, bring=world.day, decide=decide)
    for ahead in range((last - first).days + 1):
        loop.once(first + timedelta(days=ahead))
    return loop


def errors(loop, days):
    """(n,) sums of absolute errors of what served."""
    known = [loop.days.known(str(day)) for day in days]
    return np.array([one["mae"][one["champion"]] * one["kept"] for one in known])


def lived(folder, seed, kind):
    """The lives of one world: sums of errors a day, and what the loop decided."""
    folder.mkdir(parents=True)
    shocks = incidents(seed) if kind == "shocked" else []
    limits_of(seed, folder / "limits.json")
    world = Thinned(seed, shocks)
    true = Thinned(seed, [one for one in shocks if one.kind in CHANGES])
    days, truth = (one.cleaned(FIRST - timedelta(days=KNOWN), LAST - timedelta(days=1)) for one in (world, true))
    names = [day for day, _ in days[KNOWN:]]
    loop = live(folder, "level 4", world)
    bad = worse(loop, days)  # before another registry is asked
    hand = live(folder, "level 3", world, LEVEL3, by_hand())
    month = {"level 2": monthly(days), "every 30 days": rivals.scheduled(days, KNOWN, 30, quickly),
             "every 7 days": rivals.scheduled(days, KNOWN, 7, quickly), "never": rivals.never(days, KNOWN, quickly),
             "oracle": rivals.oracle(truth, KNOWN, quickly)}  # fmt: skip
    found = {name: life.errors.tolist() for name, life in month.items()}
    found |= {"level 4": errors(loop, names).tolist(), "level 3": errors(hand, names).tolist()}
    events = [(one["day"], one["kind"]) for one in loop.ledger.events()]
    spoilt = [day for one in shocks if one.kind not in CHANGES for day in pd.date_range(one.start, one.end)[:-1]]
    return {"seed": seed, "kind": kind, "errors": found, "spoilt": [str(day.date()) for day in spoilt],
            "trips": [len(rows) for _, rows in days[KNOWN:]], "true trips": [len(rows) for _, rows in truth[KNOWN:]],
            "events": events, "worse": bad,
            "lockdown": next((str(one.start) for one in shocks if one.kind == "lockdown"), None)}  # fmt: skip


def monthly(days):
    """Level 2's people: they look on the first working day of a month, and two working days later a model serves."""
    begins = [KNOWN]
    for first in pd.date_range(FIRST, LAST, freq="MS"):
        at = next(at for at, (day, _) in enumerate(days) if day >= (first + pd.offsets.BDay(2)).date())
        begins.append(at)
    return rivals.on(days, KNOWN, begins, quickly)


def worse(loop, days):
    """Of each promotion, how much worse than the one before it the next 28 days were; shares."""
    from taxi import model
    from taxi.graph import Scorer

    promoted = [
        (run["day"], version) for run, version in made_by(loop) if run["state"] in ("promoted", "confirmed", "returned")
    ]
    found = []
    for (_, before), (day, after) in pairwise(promoted):
        rows = [rows for when, rows in days if str(when) > day][:28]
        if len(rows) < 28:
            continue
        whole = pd.concat(rows, ignore_index=True)
        truth, table = whole[trips.TARGET].to_numpy(), model.table(whole)
        older, newer = (
            np.abs(Scorer(loop.registry.graph(one)).predict(table) - truth).mean() for one in (before, after)
        )
        found.append(float(newer / older - 1))
    return found


def made_by(loop):
    versions = {one.tags["loop.key"]: one for one in loop.registry.versions()}
    return [(run, versions[run["key"]]) for run in loop.ledger.runs() if run["key"] in versions]


if __name__ == "__main__":
    loop_place.clean_process.ask = loop_place.answered
    print(json.dumps(lived(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])))
