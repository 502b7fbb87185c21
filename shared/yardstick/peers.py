"""Who needs no level: nobody, calendars that promote whatever comes out, and somebody who knows what comes.

python -m yardstick.peers, with a level's own python and in its folder: the learner is the level's.
"""

import importlib
import inspect
import json
import os
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer

from carry.files import write
from yardstick.fits import Fit, Memo
from yardstick.life import Scores
from yardstick.results import LifeFound
from yardstick.year import Year, of_commands

ORACLE_SIDE, ORACLE_BLOCK = 14, 7  # days
Days = Sequence[pd.DataFrame]  # cleaned trips, a day each, from the first that is known
Serving = tuple[list[Any], Callable[[int], Any]]  # the models that were made, and who serves on the day of a number
Table = Callable[[pd.DataFrame], Any]
CALENDARS = {"never": (10_000, 28), "every 30 days": (30, 28), "every 7 days": (7, 28), "every 7 days on 7": (7, 7)}


def main(source: str, seed: int, first: datetime, last: datetime, folder: Path, learner: str = "taxi.model",
         workers: Annotated[int, typer.Option(help="processes that fit")] = 1) -> None:  # fmt: skip
    """Each peer's year, as JSON into FOLDER."""
    home = importlib.import_module(learner)
    year = of_commands(source, seed, first.date(), last.date())
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        fit = Memo(lambda parts: list(pool.map(home.fit, parts)), folder.parent / "fits", inspect.getsource(home))
        days, true = everything(year), year.true()
        for name, (every, window) in CALENDARS.items():
            save(folder, scheduled(name, year, days, every, window, fit, home.table))
        as_it_was = days if list(true.incidents) == list(year.incidents) else everything(true)
        save(folder, oracle(true, as_it_was, fit, home.table))


def save(folder: Path, found: LifeFound) -> None:
    write(folder / f"{found['name']}.json", json.dumps(found).encode())


def scheduled(name: str, year: Year, days: Days, every: int, window: int, fit: Fit, table: Table) -> LifeFound:
    """A new model every so many days."""
    began, start = time.monotonic(), (year.first - year.begin).days
    return scored(name, year, days, start, on(days, range(start, len(days), every), window, fit), table, began)


def oracle(year: Year, days: Days, fit: Fit, table: Table) -> LifeFound:
    """Somebody who knows what comes."""
    began, start = time.monotonic(), (year.first - year.begin).days
    return scored("oracle", year, days, start, knowing(days, start, fit), table, began)


def on(days: Days, begins: Sequence[int], window: int, fit: Fit) -> Serving:
    """A new model on each of these days, on the `window` before it; the first on all before it, as everybody's."""
    models = fit([joined(days[max(0, at - window) if at > begins[0] else 0 : at]) for at in begins])
    return models, lambda at: models[bisect_right(begins, at) - 1]


def knowing(days: Days, start: int, fit: Fit) -> Serving:
    """Each week with a model of the 14 days before it and the 14 after it: nobody can know those."""
    models = fit([joined(around(days, at)) for at in range(start, len(days), ORACLE_BLOCK)])
    return models, lambda at: models[(at - start) // ORACLE_BLOCK]


def around(days: Days, at: int) -> list[pd.DataFrame]:
    after = at + ORACLE_BLOCK
    return [*days[max(0, at - ORACLE_SIDE) : at], *days[after : after + ORACLE_SIDE]]


def scored(name: str, year: Year, days: Days, start: int, serving: Serving, table: Table, began: float) -> LifeFound:
    """Each day from `start` on, answered by who serves."""
    (models, who), scores = serving, Scores()
    for at in range(start, len(days)):
        rows = days[at]
        scores.add(rows, who(at).predict(table(rows)) if len(rows) else np.empty(0), year.boroughs)
    return {"name": name, "level": None, "office": None, "errors": scores.errors, "trips": scores.trips,
            "bad": scores.bad, "worst": scores.worst(), "acts": [], "hours": {}, "fits": len(models),
            "seconds": round(time.monotonic() - began, 1), "crashed": None}  # fmt: skip


def everything(year: Year) -> list[pd.DataFrame]:
    """Cleaned trips of each day, from the first that is known to the last morning's."""
    return [year.clean(day) for day in dates(year.begin, year.last)]


def dates(first: date, last: date) -> list[date]:
    return [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]


def joined(days: Sequence[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(list(days), ignore_index=True)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    typer.run(main)
