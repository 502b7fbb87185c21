"""A day's riders: each asks when the trip begins, and tells when it has ended, by the clock of the trips.

One dispatcher asks for all who begin in the same quarter of an hour; each tells alone.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import local
from types import TracebackType
from typing import NamedTuple

import pandas as pd

from taxi.api import MAX_TRIPS
from taxi.serving.doors import MOST_MINUTES
from taxi.serving.own import Line

AT_ONCE = 4
EVERY = "15min"


class UnderWay(NamedTuple):
    """A trip that was answered and has not ended."""

    ends: pd.Timestamp
    request_id: str
    minutes: float


class Riders:
    """Of a service on this machine. asked, told: how many trips so far."""

    def __init__(self, port: int, token: str) -> None:
        self.asked, self.told = 0, 0
        self._port, self._token = port, token
        self._mine, self._pool = local(), ThreadPoolExecutor(AT_ONCE)
        self._under_way: list[UnderWay] = []

    def __enter__(self) -> "Riders":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._pool.shutdown(cancel_futures=True)

    def live(self, trips: pd.DataFrame) -> None:
        """Trips in order of pick-up, as `trips.clean` gives them. Raises CannotServe when the service does not answer.

        A trip whose duration cannot be (a meter that ran backwards, a day long) is never told.
        """
        for _, some in trips.groupby(trips["pickup_at"].dt.floor(EVERY)):
            for first in range(0, len(some), MAX_TRIPS):
                self._under_way += self._ask(some[first : first + MAX_TRIPS])
            self.asked += len(some)
            now = some["pickup_at"].max()
            ended = [one for one in self._under_way if one.ends <= now]
            self._under_way = [one for one in self._under_way if one.ends > now]
            self.told += len(list(self._pool.map(self._tell, ended)))

    def follow(self) -> None:
        """The service looks at its routes at once, and not within half a second: that is hours here."""
        self._line().post("/admin/follow")

    def _ask(self, trips: pd.DataFrame) -> list[UnderWay]:
        questions = trips[["pickup_zone", "dropoff_zone", "distance_miles"]].to_dict("records")
        for question, at in zip(questions, trips["pickup_at"], strict=True):
            question["pickup_at"] = at.isoformat()
        answers = self._line().post("/predict/batch", {"trips": questions})["predictions"]
        minutes = trips["duration_minutes"]
        ends = trips["pickup_at"] + pd.to_timedelta(minutes, unit="min")
        each = zip(minutes, ends, answers, strict=True)
        return [UnderWay(end, answer["request_id"], took) for took, end, answer in each if 0 < took <= MOST_MINUTES]

    def _tell(self, trip: UnderWay) -> None:
        self._line().post(f"/trips/{trip.request_id}/finish", {"duration_minutes": trip.minutes})

    def _line(self) -> Line:
        if not hasattr(self._mine, "line"):
            self._mine.line = Line(self._port, self._token)
        line: Line = self._mine.line
        return line
