"""Does the model hurt? The day's error as a share of the predicted minutes, against what it was in the weeks before.

A fixed reference fails: speed and trips wander over months, and an alarm that never ends is no alarm. The reference is
the median of the 56 days that end four days before: the gap keeps a slow fault from teaching it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from taxi.watch.days import Day, skipped

Floats = npt.NDArray[np.float64]
WINDOW, GAP, FEWEST_DAYS = 56, 3, 14
WEIGHT = 0.4  # of the newest day
CLIP = 1.5  # times the limit: the most that one day may say, so that no single day raises an alarm
CAUSE = 1.5


@dataclass(frozen=True)
class Finding:
    """level: the smoothed excess, in logs; nan while nothing can be said. fires: an alarm begins, or goes on."""

    fires: bool
    level: float
    limit: float
    cause: str
    reason: str


def excess(errors: Floats, limit: float) -> Floats:
    """(..., n) smoothed excess of (..., n) daily relative errors, nan until there are 14 days to compare with.

    A day without a number, skipped or not known, changes nothing.
    """
    return smoothed(over(errors), limit)


def over(errors: Floats) -> Floats:
    """(..., n) each day's error over the median of the weeks before; infinite for a day without, nan without weeks."""
    found = np.full(errors.shape, np.nan)
    for day in range(FEWEST_DAYS + GAP, errors.shape[-1]):
        past = errors[..., max(0, day - GAP - WINDOW) : day - GAP]
        enough = (~np.isnan(past)).sum(axis=-1) >= FEWEST_DAYS
        usual = np.nanmedian(np.where(enough[..., None], past, 0.0), axis=-1)
        step = errors[..., day] - usual
        found[..., day] = np.where(enough, np.where(np.isnan(step), np.inf, step), np.nan)
    return found


def smoothed(steps: Floats, limit: float) -> Floats:
    """(..., n) exponentially weighted means of what `over` gives, each step clipped at one and a half limits."""
    level, found = np.zeros(steps.shape[:-1]), np.full(steps.shape, np.nan)
    for day in range(steps.shape[-1]):
        step = steps[..., day]
        moved = (1 - WEIGHT) * level + WEIGHT * np.clip(step, -CLIP * limit, CLIP * limit)
        level = np.where(np.isfinite(step), moved, level)
        found[..., day] = np.where(np.isnan(step), np.nan, level)
    return found


def alarms(levels: Floats, limit: float) -> npt.NDArray[np.bool_]:
    """(..., n) the days on which an alarm begins: above the limit, after having been below half of it."""
    on = going_on(levels, limit)
    before = np.concatenate([np.zeros((*on.shape[:-1], 1), bool), on[..., :-1]], axis=-1)
    return np.asarray(on & ~before)


def going_on(levels: Floats, limit: float) -> npt.NDArray[np.bool_]:
    """(..., n) whether an alarm goes on: from above the limit until below half of it."""
    on, found = np.zeros(levels.shape[:-1], bool), np.zeros(levels.shape, bool)
    for day in range(levels.shape[-1]):
        level = np.nan_to_num(levels[..., day])
        on = np.where(on, level >= limit / 2, level > limit)
        found[..., day] = on
    return found


def errors_of(days: Sequence[Day]) -> Floats:
    """(n,) relative errors of days in a row; nan where one is skipped."""
    return np.array([np.nan if skipped(day.date) else day.relative for day in days])


def look(days: Sequence[Day], limit: float) -> Finding:
    """What the last of these days says. days: in a row, none left out, the oldest at least 60 days before."""
    levels, today = excess(errors_of(days), limit), days[-1]
    level = float(levels[-1]) if len(levels) else float("nan")
    if np.isnan(level):
        return Finding(False, level, limit, "", f"fewer than {FEWEST_DAYS} days with an error to compare with")
    if np.isnan(today.relative):
        return Finding(False, level, limit, "", f"{today.labelled} trips of {today.trips} have a known duration")
    said = f"error {today.mae:.2f} minutes, smoothed excess {level:+.1%}, limit {limit:.1%}"
    fires = bool(going_on(levels, limit)[-1])
    cause = cause_of(days) if fires else ""
    return Finding(fires, level, limit, cause, said + (f"; what moved is the {cause}" if fires else ""))


def cause_of(days: Sequence[Day]) -> str:
    """ "level" where the city is slower or faster as a whole, "scatter" where minutes became noisier."""
    past = days[max(0, len(days) - 1 - GAP - WINDOW) : len(days) - 1 - GAP]
    now = days[-3:]
    level = np.nanmean([day.level for day in now]) - np.nanmedian([day.level for day in past])
    scatter = np.nanmean([day.scatter for day in now]) - np.nanmedian([day.scatter for day in past])
    return "level" if abs(level) > CAUSE * abs(scatter) else "scatter"
