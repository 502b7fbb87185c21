"""The lockdown of March 2020, day by day: which detector speaks when? python -m taxi.watch.lockdown (real months)"""

import io
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

import trips
from taxi import model, store
from taxi.watch import drift, limits, performance
from taxi.watch.days import COLUMNS, Day, Groups, summed_up
from taxi.watch.page import BLUE, GREY, ORANGE

CALM = (date(2020, 8, 1), date(2020, 11, 30))
SHOWN = (date(2020, 3, 1), date(2020, 4, 20))
LEARNED = 21  # days; hindsight: streets emptied from the 13th on
PICTURE = Path(__file__).parents[2] / "lockdown.svg"


def main() -> None:
    """Limits of calm autumn days, a model of the first three weeks of March; each detector's first word, drawn."""
    origin = trips.open_source("tlc")
    weeks = [trips.clean(raw)[0] for _, raw in trips.days(origin, SHOWN[0], date(2020, 3, LEARNED))]
    rows = pd.concat(weeks, ignore_index=True)
    champion, groups = model.fit(rows), Groups.of(rows, origin.boroughs())
    calm, lived = (days(origin, champion, groups, *span) for span in (CALM, SHOWN))
    error = limits.error_limit(calm, np.random.default_rng(0))
    worst = limits.MARGIN["drift"] * np.nanmax(drift.table(calm), axis=0)
    bounds = dict(zip(COLUMNS, map(float, worst), strict=True))
    said = {
        "error": first(lived, [performance.look(lived[: n + 1], error).fires for n in range(len(lived))]),
        "trips": first(lived, [drift.look(lived[: n + 1], bounds).fires for n in range(len(lived))]),
    }
    draw(lived, error, bounds, said)
    print(f"the trips speak on {said['trips']}, the error on {said['error']}; drawn: {PICTURE}")


def days(origin: trips.Source, champion: Pipeline, groups: Groups, begin: date, end: date) -> list[Day]:
    found = []
    for day, raw in trips.days(origin, begin, end):
        rows, _ = trips.clean(raw)
        found.append(summed_up(day, rows.assign(predicted=champion.predict(model.table(rows))), groups))
    return found


def first(lived: list[Day], fires: list[bool]) -> date | None:
    return next((day.date for day, fired in zip(lived, fires, strict=True) if fired), None)


def draw(lived: list[Day], error: float, bounds: dict[str, float], said: dict[str, date | None]) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4.6), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True)
    stamps = pd.to_datetime([day.date for day in lived])
    above.plot(stamps, [day.mae for day in lived], color=BLUE)
    above.set_title("Mean absolute error, minutes; grey: what the model learned", loc="left", fontsize=10)
    above.axvspan(stamps[0], stamps[LEARNED - 1], color=GREY, alpha=0.12, lw=0)
    ratio = drift.table(lived) / np.array(list(bounds.values()))
    below.plot(stamps, np.nanmax(np.where(np.isnan(ratio), -1, ratio), axis=1).clip(0), color=BLUE)
    below.axhline(1, color=ORANGE, ls="--", lw=1)
    below.set_title("Drift of the trips, times its limit (the worst column)", loc="left", fontsize=10)
    for axis, name in ((above, "error"), (below, "trips")):
        axis.spines[["top", "right"]].set_visible(False)
        if when := said[name]:
            axis.axvline(pd.Timestamp(when), color=ORANGE, lw=1.5)
            axis.annotate(f" speaks on {when:%d %B}", (pd.Timestamp(when), axis.get_ylim()[1] * 0.95), fontsize=9,
                          color=ORANGE, va="top")  # fmt: skip
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None}, facecolor="white")
    store.save(buffer.getvalue().encode(), PICTURE)


if __name__ == "__main__":
    main()
