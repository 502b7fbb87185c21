"""One level's year: what it may see on a morning, what it did, and how good its answers were.

A level's operate.py goes through the mornings and does what its people and its code do; after each, the day's trips
are answered by whoever serves, and scored. What a level must not know it cannot ask for here.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from trips import TARGET
from yardstick import year as years
from yardstick.office import Office
from yardstick.results import Act, LifeFound
from yardstick.year import Year

KINDS = ("alarm", "complaint", "look", "train", "refuse", "deploy", "return", "tell", "other")
WINDOW, JUDGED = 28, 3  # days to learn from, and those after them to be judged on
COMPLAINT_DAYS, COMPLAINT = 14, 1.10  # riders compare with what another app tells them: as good as can be
BAD_MINUTES, BAD_SHARE = 5.0, 0.5
NAMELESS = {"N/A", "Unknown"}  # zones that lie in no borough
Minutes = npt.NDArray[np.float64]
Predict = Callable[[pd.DataFrame], Minutes]


class LookAhead(Exception):
    """Somebody asked for a day that has not been."""


@dataclass
class Scores:
    """By day: sums of errors, how many trips, how many bad answers; and by borough over the year."""

    errors: list[float] = field(default_factory=list)
    trips: list[int] = field(default_factory=list)
    bad: list[int] = field(default_factory=list)
    by_borough: dict[str, list[float]] = field(default_factory=dict)

    def add(self, rows: pd.DataFrame, minutes: Minutes, boroughs: npt.NDArray[np.str_]) -> None:
        """rows: cleaned trips of one day. minutes: what was answered."""
        truth = rows[TARGET].to_numpy()
        error = np.abs(minutes - truth)
        self.errors.append(round(float(error.sum()), 6))
        self.trips.append(len(rows))
        self.bad.append(int((error > np.maximum(BAD_MINUTES, BAD_SHARE * truth)).sum()))
        for name, some in pd.Series(error).groupby(boroughs[rows["pickup_zone"].to_numpy()]):
            kept = self.by_borough.setdefault(str(name), [0.0, 0.0])
            kept[0], kept[1] = kept[0] + float(some.sum()), kept[1] + len(some)

    def worst(self, fewest: int = 1000) -> dict[str, float]:
        """Borough -> mean absolute error of the year, of those with a name and enough trips; the worst first."""
        known = {name: sums for name, sums in self.by_borough.items() if name not in NAMELESS}
        means = {name: round(total / count, 3) for name, (total, count) in known.items() if count >= fewest}
        return dict(sorted(means.items(), key=lambda one: -one[1]))


class Life:
    """name: for the record. usual: day -> sum of errors and trips of the best there could be, what riders compare with.

    folder: of its own, for whatever a level keeps. common: of all lives of this world, for what they may share.
    """

    def __init__(self, name: str, year: Year, office: Office, folder: Path,
                 usual: dict[date, tuple[float, int]]) -> None:  # fmt: skip
        self.name, self.year, self.office = name, year, office
        self.folder, self.common = folder, folder.parent
        self.today, self.scores, self.fits = year.first, Scores(), 0
        self.acts: list[Act] = []
        self._usual, self._began = usual, time.monotonic()
        self._upset: date | None = None  # when riders begin to say so, once answers are bad
        self._predict: Predict | None = None

    def mornings(self) -> Iterator[date]:
        """Each; the day's trips are answered when the next one is asked for."""
        for day in self.year.days():
            self.today = day
            yield day
            if self._predict is None:
                raise ValueError(f"nobody serves on {day}: serve somebody on the first morning")
            rows = self.year.clean(day)
            asked = rows.drop(columns=[TARGET])  # what a trip took nobody knows when it is asked about
            self.scores.add(rows, self._predict(asked) if len(rows) else np.empty(0), self.year.boroughs)

    def serve(self, said: str, predict: Predict, task: str | None = None) -> None:
        """From this morning on. predict: cleaned trips, without what they took, to minutes. task: what it cost."""
        self._upset = None
        self.answer(predict)
        self.did("deploy", said, task)

    def answer(self, predict: Predict) -> None:
        """Who answers from this morning on, where nothing was deployed: some riders on trial, or all as before."""
        self._predict = predict

    def did(self, kind: str, said: str, task: str | None = None) -> None:
        """For the record; hours are booked where somebody worked."""
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is none of {', '.join(KINDS)}")
        self.acts.append({"day": str(self.today), "kind": kind, "said": said})
        if task is not None:
            self.office.book(task)

    def spans(self, window: int = WINDOW, back: int = 0) -> tuple[str, str]:
        """Days to learn from and days to judge on, as commands take them; the latter end yesterday, or `back` earlier.

        As many as there are: a level's first model has fewer.
        """
        first, last = years.before(self.today, JUDGED, back)
        begin = max(self.year.begin, first - timedelta(days=window))
        return years.span(begin, first - timedelta(days=1)), years.span(first, last)

    def raw(self, day: date) -> pd.DataFrame:
        """A day that is over, as it arrived. Raises LookAhead for any other."""
        if day >= self.today:
            raise LookAhead(f"{day} is not over on the morning of {self.today}")
        return self.year.raw(day)

    def complaint(self) -> bool:
        """Whether riders have said by now that the minutes are bad. Asked every morning.

        They are upset while fourteen days' error is a tenth above the best there could be; saying so takes them weeks.
        """
        lived = len(self.scores.errors)
        if lived < COMPLAINT_DAYS:
            return False
        days = [self.today - timedelta(days=ahead + 1) for ahead in range(COMPLAINT_DAYS)]
        best_errors, best_trips = np.sum([self._usual.get(day, (np.nan, 0)) for day in days], axis=0)
        ours = sum(self.scores.errors[-COMPLAINT_DAYS:]) / max(1, sum(self.scores.trips[-COMPLAINT_DAYS:]))
        if not ours > COMPLAINT * best_errors / best_trips:
            self._upset = None
            return False
        if self._upset is None:
            weeks = self.office.days("complaint")
            self._upset = self.today + timedelta(days=round(7 * weeks))
        return self.today >= self._upset

    def found(self, level: str | None, waits: bool, crashed: str | None = None) -> LifeFound:
        """For results.json. waits: whether anything waits for people."""
        return {
            "name": self.name, "level": level, "office": self.office.name if waits else None,
            "errors": self.scores.errors, "trips": self.scores.trips, "bad": self.scores.bad,
            "worst": self.scores.worst(), "acts": self.acts, "hours": dict(sorted(self.office.hours.items())),
            "fits": self.fits, "seconds": round(time.monotonic() - self._began, 1), "crashed": crashed,
        }  # fmt: skip
