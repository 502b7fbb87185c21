"""Did the trips change? The shares of a few groups a day, against the same kind of day in the weeks before."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from taxi.watch.days import COLUMNS, Counts, Day, skipped

WINDOW, GAP, FEWEST_DAYS = 56, 3, 4  # days, and days of the same kind
FLOOR = 1e-3  # an empty group is no infinite surprise
DAYS, OF = 2, 3  # days above the limit, of the last days


@dataclass(frozen=True)
class Finding:
    """scores: of each column, nan while nothing can be said. columns: those that fire."""

    fires: bool
    scores: dict[str, float]
    columns: list[str]
    reason: str


def psi(now: Counts, before: Counts) -> float:
    """Population stability index of two counts over the same groups: the sum of (p - q) ln(p / q)."""
    p, q = (np.maximum(counts / max(counts.sum(), 1), FLOOR) for counts in (now, before))
    return float(((p - q) * np.log(p / q)).sum())


def kind(day: Day) -> str:
    return "holiday" if skipped(day.date) else "weekend" if day.date.weekday() > 4 else "weekday"


def scores(days: Sequence[Day], place: int) -> dict[str, float]:
    """Of the day at this place, against its kind, weekday or weekend, in the eight weeks before.

    nan for a holiday, which is of no kind, and where there are fewer than four days of its kind.
    """
    today = days[place]
    past = days[max(0, place - GAP - WINDOW) : max(0, place - GAP)]
    alike = [day for day in past if day.counts and kind(day) == kind(today)]
    if not today.counts or kind(today) == "holiday" or len(alike) < FEWEST_DAYS:
        return dict.fromkeys(COLUMNS, float("nan"))
    return {name: psi(today.counts[name], np.sum([day.counts[name] for day in alike], axis=0)) for name in COLUMNS}


def look(days: Sequence[Day], limits: dict[str, float]) -> Finding:
    """What the last of these days says. days: in a row, none left out, the oldest at least 62 days before."""
    last = [scores(days, place) for place in range(max(0, len(days) - OF), len(days))]
    return judged(last, limits)


def judged(last: Sequence[dict[str, float]], limits: dict[str, float]) -> Finding:
    """The same of scores that are known: those of the last three days, the newest last."""
    now = last[-1]
    if all(np.isnan(score) for score in now.values()):
        return Finding(False, now, [], "a holiday, or too few days of its kind: compared with nothing")
    above = {name: sum(day[name] > limits[name] for day in last) for name in COLUMNS}
    columns = [name for name in COLUMNS if above[name] >= DAYS and now[name] > limits[name]]
    worst = max(COLUMNS, key=lambda name: now[name] / limits[name])
    said = [f"{name} {now[name]:.3f}, limit {limits[name]:.3f}" for name in columns or [worst]]
    return Finding(bool(columns), now, columns, "; ".join(said))


def table(days: Sequence[Day]) -> npt.NDArray[np.float64]:
    """(n, 5) the scores of all of them."""
    return np.array([list(scores(days, place).values()) for place in range(len(days))])
