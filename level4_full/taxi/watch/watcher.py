"""Somebody who looks at every day: keeps what a day is compared with, and says what the day is."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from taxi.checks import Reference
from taxi.watch import drift, performance, quality, source
from taxi.watch.days import Day, Groups, summed_up
from taxi.watch.decide import TO_DO, Name, Verdict, decide
from taxi.watch.limits import Limits
from taxi.watch.source import Seen

KEEPS = 120  # days
LEARNS_EVERY = 7  # days, what zones and distances are usual


@dataclass(frozen=True)
class Record:
    """What is written down of a day. error_level, error_limit: logs. drift: scores by column. All nan is null."""

    day: str
    name: Name
    reasons: list[str]
    to_do: str
    model: str
    trips: int
    labelled: int
    mae: float
    cause: str
    error_level: float
    error_limit: float
    drift: dict[str, float]
    drift_limit: dict[str, float]
    broken: list[str]

    def line(self) -> dict[str, Any]:
        """As JSON has it."""
        return {name: _plain(value) for name, value in asdict(self).items()}


class Watcher:
    """One by one, days in a row."""

    def __init__(self, limits: Limits, boroughs: npt.NDArray[np.str_], expected: tuple[str, ...]) -> None:
        numbers = np.unique(boroughs, return_inverse=True)[1].astype(np.int64)
        self.limits, self.expected = limits, expected
        self.groups = Groups(numbers, np.array(limits.edges), np.array(limits.zones))
        self.days: list[Day] = []
        self._seen: list[Seen] = []
        self._usual: Reference | None = None
        self._looked = 0

    @property
    def past(self) -> list[Seen]:
        """The good days before the one that was looked at last."""
        return self._seen[:-1]

    def look(self, seen: Seen) -> Record:
        """The verdict of a day. A day between it and the last one that nobody brought counts as empty."""
        if self._looked % LEARNS_EVERY == 0 or self._usual is None:
            self._usual = source.usual(self._seen)
        self._looked += 1
        day = summed_up(seen.date, seen.trips, self.groups)
        self.days = [*self.days, day][-KEEPS:]
        record = judged(seen, self.days, self._usual, self.limits, self.expected)
        if record.name is Name.DATA_FAULT:  # nothing is compared with a day that is not what it claims
            self.days[-1] = Day(day.date, day.trips)
        else:
            self._seen = [*self._seen, seen][-source.WEEKS :]
        return record


def judged(seen: Seen, days: list[Day], usual: Reference | None, limits: Limits, expected: tuple[str, ...]) -> Record:
    """The verdict of a day. days: in a row, this one the last. usual: see `taxi.watch.quality.inspect`."""
    day = days[-1]
    broken = quality.inspect(seen.raw, usual, limits.quality, expected)
    drifted, hurt = drift.look(days, limits.drift), performance.look(days, limits.error)
    verdict = decide(broken, drifted, hurt)
    if not len(seen.raw):
        verdict = Verdict(Name.NO_DATA, ["not one row"], TO_DO[Name.NO_DATA])
    return Record(str(seen.date), verdict.name, verdict.reasons, verdict.to_do, seen.model, day.trips, day.labelled,
                  day.mae, hurt.cause, hurt.level, hurt.limit, drifted.scores, limits.drift,
                  [one.rule for one in broken])  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return None if isinstance(value, float) and np.isnan(value) else value
