"""What can happen to the city, with its truth on record: which kind, from when to when, how strong.

slowdown    traffic grows slower by `size` (.2: a fifth), in a ramp from start to end, and stays so
lockdown    from start to end `size` of the demand is gone and the streets are empty; fades over a month after
new_zones   a share `size` of the rides starts in five zones that had none before
kilometres  a share `size` of the distances arrives in kilometres
nulls       a share `size` of the distances is missing
minus_one   a share `size` of the distances is filled in as -1
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from trips.errors import BadName

KINDS = ("slowdown", "lockdown", "new_zones", "kilometres", "nulls", "minus_one")
MAX_SIZE = {"slowdown": 3.0}  # all others are a share
LOCKDOWN_FADES_DAYS = 30
Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class Incident:
    """Known truth: `kind` (one of KINDS) from day `start` up to, not including, day `end` (ISO dates), with `size`.

    Raises BadName for an unknown kind, dates that are none or in the wrong order, or a size that cannot be.
    """

    kind: str
    start: str
    end: str
    size: float

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BadName(f"no incident is called {self.kind!r}. Choose one of: {', '.join(KINDS)}")
        start, end = _day(self.kind, self.start), _day(self.kind, self.end)
        if not start < end:
            raise BadName(f"{self.kind}: it ends on {end}, not after its start on {start}. Swap the dates")
        if not 0 < self.size <= MAX_SIZE.get(self.kind, 1.0):
            raise BadName(f"{self.kind}: size {self.size} is outside 0..{MAX_SIZE.get(self.kind, 1.0):g}. Give a share")

    @classmethod
    def parse(cls, text: str) -> "Incident":
        """From "kind:start:end:size", as the command line takes it. Raises BadName."""
        try:
            kind, start, end, size = text.split(":")
            number = float(size)
        except ValueError:
            example = "lockdown:2021-03-01:2021-05-01:0.6"
            raise BadName(f"{text!r} is no incident. Write kind:start:end:size, as in {example}") from None
        return cls(kind, start, end, number)

    def strength(self, days: Days) -> npt.NDArray[np.float64]:
        """(n_days,) how strong it is on each day: 0 outside, `size` at its height."""
        start, end = np.datetime64(self.start), np.datetime64(self.end)
        since, after = (days - start).astype(float), (days - end).astype(float)
        if self.kind == "slowdown":
            return np.asarray(self.size * np.clip(since / (since - after), 0, 1))
        if self.kind == "lockdown":
            return np.asarray(self.size * (since >= 0) * np.exp(-after.clip(0) / LOCKDOWN_FADES_DAYS))
        return np.asarray(self.size * (since >= 0) * (after < 0))


def truth(incidents: Sequence[Incident], days: Days) -> pd.DataFrame:
    """What was really going on: one row a day, one column a kind, the strength (two of a kind add up)."""
    table = {kind: np.zeros(len(days)) for kind in KINDS}
    for incident in incidents:
        table[incident.kind] = table[incident.kind] + incident.strength(days)
    return pd.DataFrame(table, index=pd.DatetimeIndex(days, name="day"))


def _day(kind: str, text: str) -> date:
    """The date, written out: other ISO forms, as 20210301, mean something else to numpy."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadName(f"{kind}: {error}. Write dates as 2021-03-01") from None
    if day.isoformat() != text:
        raise BadName(f"{kind}: {text!r} is no date here. Write it as {day.isoformat()}")
    return day
