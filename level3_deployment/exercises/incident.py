"""Three pages of a monitor that do not say what they show: which incident is it?"""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from taxi import store
from taxi.watch import drift, page, performance
from taxi.watch.days import COLUMNS, Day

GROUPS = {"pick-up borough": 6, "drop-off borough": 6, "hours": 12, "distance": 10, "zones": 31}
LIMIT, DRIFT_LIMIT, DAYS, ONSET, TRIPS = 0.105, 0.03, 110, 85, 3_000
KINDS = {"a": "covariate shift", "b": "labels late", "c": "model decay"}  # who reads this knows the answer


def written(folder: Path) -> None:
    """a.html, b.html and c.html: the bands of the monitor's page, without its words."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (name, kind) in enumerate(KINDS.items()):
        path = folder / f"{name}.html"
        if not path.exists():
            head = f"<!doctype html><title>{name}</title><style>svg {{ width: 100%; height: auto }}</style>"
            store.save((head + page.drawn(lines(kind, number))).encode(), path)


def lines(kind: str, seed: int) -> list[dict[str, Any]]:
    """What the monitor would have written of a hundred days by chance, with an incident in the last weeks."""
    days = [_changed(day, kind) if place >= ONSET else day for place, day in enumerate(_calm(seed))]
    limits = dict.fromkeys(COLUMNS, DRIFT_LIMIT)
    found = []
    for place, day in enumerate(days):
        error, moved = performance.look(days[: place + 1], LIMIT), drift.look(days[: place + 1], limits)
        found.append({"day": str(day.date), "name": "fine", "model": "1", "mae": day.mae, "error_level": error.level,
                      "error_limit": LIMIT, "drift": moved.scores, "drift_limit": limits})  # fmt: skip
    return found


def _calm(seed: int) -> list[Day]:
    rng, days = np.random.default_rng(seed), []
    shares = {name: np.arange(1, many + 1) / np.arange(1, many + 1).sum() for name, many in GROUPS.items()}
    for place in range(DAYS):
        counts = {name: rng.multinomial(TRIPS, share).astype(float) for name, share in shares.items()}
        mae = 3.6 * np.exp(rng.normal(0, 0.04))
        days.append(Day(date(2021, 3, 1) + timedelta(days=place), TRIPS, TRIPS, mae, 15.0, 0.0, -1.0, counts))
    return days


def _changed(day: Day, kind: str) -> Day:
    if kind == "labels late":
        return replace(day, labelled=0, mae=float("nan"))
    if kind == "model decay":
        return replace(day, mae=1.3 * day.mae, level=0.2)
    counts = {name: 0.75 * groups for name, groups in day.counts.items()}
    for name in ("pick-up borough", "zones"):
        counts[name][0] += 0.25 * TRIPS
    return replace(day, counts=counts)
