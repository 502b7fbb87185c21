"""Where alarms begin: every limit is computed from calm months, and kept with the hash of what it was computed from."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from taxi import store
from taxi.errors import BadInput
from taxi.watch import drift, performance, quality
from taxi.watch.days import COLUMNS, Day, Groups

MARGIN = {"drift": 1.5, "quality": 2.0}  # over the worst calm day: quantiles do not carry over to the next season
ALARMS_A_YEAR, YEARS, BLOCK = 0.2, 200, 14  # asked of resampled calm years; what comes is a few times that
LEAST = 0.08  # fifteen seeds of one city gave .06 to .26: what four months say below is luck, and alarms come of it
CANDIDATES = np.arange(LEAST, 0.4, 0.005)


@dataclass(frozen=True)
class Limits:
    """error: of the smoothed excess. drift: by column. quality: by rule. made_of: months, and their sha256.

    edges, zones: how trips are grouped, see `taxi.watch.days.Groups`.
    """

    error: float
    drift: dict[str, float]
    quality: dict[str, float]
    edges: list[float]
    zones: list[int]
    made_of: str
    sha256: str


def calibrate(
    days: Sequence[Day], shares: Sequence[dict[str, float]], groups: Groups, made_of: str, sha256: str
) -> Limits:
    """From calm days in a row, and what each broke of the rules of quality. Raises BadInput for fewer than 84 days."""
    if len(days) < 84:
        raise BadInput(f"{len(days)} calm days are too few: limits take three months. Name more of them")
    worst = np.nanmax(drift.table(days), axis=0) * MARGIN["drift"]
    rules = {name: max((day.get(name, 0.0) for day in shares), default=0.0) for name in (*quality.RULES, quality.UNITS)}
    least = {name: rule.least for name, rule in quality.RULES.items()} | {quality.UNITS: quality.UNITS_LEAST}
    return Limits(
        error=error_limit(days, np.random.default_rng(0)),
        drift=dict(zip(COLUMNS, map(float, worst), strict=True)),
        quality={name: max(MARGIN["quality"] * share, least[name]) for name, share in rules.items()},
        edges=groups.edges.tolist(), zones=groups.zones.tolist(), made_of=made_of, sha256=sha256,
    )  # fmt: skip


def error_limit(days: Sequence[Day], rng: np.random.Generator) -> float:
    """The lowest limit that is passed at most once in five of 200 resampled calm years."""
    steps = performance.over(performance.errors_of(days)[years(days, rng, YEARS)])
    often = [
        performance.alarms(performance.smoothed(steps, limit), limit).sum() / YEARS for limit in CANDIDATES.tolist()
    ]
    return float(CANDIDATES[int(np.argmax(np.array(often) <= ALARMS_A_YEAR))])


def years(days: Sequence[Day], rng: np.random.Generator, many: int) -> npt.NDArray[np.int64]:
    """(many, 420) places in `days`: quiet years and the eight weeks before, of blocks of 14 days in a row.

    Drawn with replacement. Each begins on a Monday, so weeks stay weeks; whatever days are left out, none spans a gap.
    """
    whole = [place for place in range(len(days) - BLOCK + 1)
             if days[place].date.weekday() == 0
             and (days[place + BLOCK - 1].date - days[place].date).days == BLOCK - 1]  # fmt: skip
    drawn = rng.choice(whole, (many, 420 // BLOCK))
    return np.asarray((drawn[..., None] + np.arange(BLOCK)).reshape(many, -1))


def save(limits: Limits, path: Path) -> None:
    """Whole or not at all."""
    store.save(json.dumps(asdict(limits), indent=2).encode(), path)


def read(path: Path) -> Limits:
    """Raises BadInput where there are none, or the file holds none."""
    remedy = "Make them of calm months: python monitor.py --calibrate 2020-09..2020-11"
    try:
        return Limits(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise BadInput(f"there are no limits at {path}. {remedy}") from None
    except (ValueError, TypeError, OSError) as error:
        raise BadInput(f"{path} holds no limits ({error}). {remedy}") from None
