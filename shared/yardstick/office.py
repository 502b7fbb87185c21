"""People: they work on weekdays, have other things to do, and every hour of theirs is booked.

The delays are assumptions, not measurements; that is why there are three offices, and each is really run.
"""

import zlib
from dataclasses import dataclass, field
from datetime import date

import numpy as np

SPREAD = 0.5  # of the logarithm
MEDIANS = {  # until somebody is done with it: weeks until riders complain, else working days
    "fast": {"complaint": 1.0, "by hand": 2.0, "by release": 1.0, "by promotion": 1.0, "by alarm": 0.5},
    "central": {"complaint": 3.0, "by hand": 4.0, "by release": 2.0, "by promotion": 2.0, "by alarm": 1.0},
    "slow": {"complaint": 8.0, "by hand": 10.0, "by release": 5.0, "by promotion": 3.0, "by alarm": 3.0},
}
HOURS = {  # of work: to do it once
    "make a model by hand": 6.0, "make a release": 4.0, "train and compare": 3.0, "promote": 1.0,
    "answer an alarm": 1.5, "refresh": 1.0, "mend the data": 2.0, "look after the loop": 1.0,
}  # fmt: skip
NAMES = tuple(MEDIANS)


@dataclass
class Office:
    """One of NAMES. seed: of the world; the same task gets the same delay at every level that has it.

    hours: task -> booked so far.
    """

    name: str
    seed: int
    hours: dict[str, float] = field(default_factory=dict)
    _draws: dict[str, int] = field(default_factory=dict, repr=False)

    def days(self, task: str) -> float:
        """How long it takes this time, in working days; a complaint in weeks. The n-th time is always the same."""
        count = self._draws.get(task, 0)
        self._draws[task] = count + 1
        chance = np.random.default_rng([self.seed, zlib.crc32(task.encode()), count])
        return float(MEDIANS[self.name][task] * np.exp(SPREAD * chance.standard_normal()))

    def done(self, day: date, task: str) -> date:
        """The morning by which it is done, begun on a morning. Nobody works at weekends."""
        return later(day, round(self.days(task)))

    def book(self, task: str, hours: float | None = None) -> None:
        """Hours of work; those that the task usually takes."""
        self.hours[task] = self.hours.get(task, 0.0) + (HOURS[task] if hours is None else hours)


def later(day: date, working_days: int) -> date:
    """So many working days later; the next working day for none, where it is not one."""
    start = np.busday_offset(np.datetime64(day), 0, roll="forward")
    return date.fromisoformat(str(np.busday_offset(start, working_days)))


def is_first_working_day(day: date) -> bool:
    """Of its month."""
    return bool(np.busday_offset(np.datetime64(day, "M").astype("M8[D]"), 0, roll="forward") == np.datetime64(day))
