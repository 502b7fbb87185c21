"""The service without its doors: the same answers, routes, log and outcomes in this process, for a year in minutes."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from taxi import model
from taxi.serving import live
from taxi.serving.doors import MOST_MINUTES
from taxi.serving.finish import Finishes
from taxi.serving.trip import Asked
from taxi.settings import Settings

EVERY = "15min"


class Indoors:
    """Of a state that is routed. Raises what the service raises when it starts."""

    def __init__(self, settings: Settings) -> None:
        self._live = live.begin(settings.model_copy(update={"clock": "trips"}))
        self._finishes = Finishes(self._live.ids, self._live.log)
        self._asked: list[str] = []

    def answer(self, trips: pd.DataFrame) -> npt.NDArray[np.float64]:
        """(n,) minutes for a day's trips in order of pick-up; who asks within a quarter of an hour asks at once."""
        self._live.follow()
        minutes: list[float] = []
        self._asked = []
        for _, some in trips.groupby(trips["pickup_at"].dt.floor(EVERY)):
            for answered in self._live.answer(list(questions(some, len(minutes))), model.table(some)):
                self._asked.append(answered.request_id)
                minutes.append(answered.duration_minutes)
        return np.array(minutes)

    def tell(self, trips: pd.DataFrame) -> None:
        """What the trips that were asked about last took: the same trips, now with their minutes."""
        ends = trips["pickup_at"] + pd.to_timedelta(trips["duration_minutes"], unit="min")
        at = ends.to_numpy().astype("M8[ms]").astype(int)
        for request_id, minutes, ended in zip(self._asked, trips["duration_minutes"], at, strict=True):
            if 0 < minutes <= MOST_MINUTES:
                self._finishes.take(request_id, float(minutes), int(ended))
        self._asked = []

    def close(self) -> None:
        """End the log's segment."""
        if self._live.log is not None:
            self._live.log.close()


def questions(trips: pd.DataFrame, first: int) -> Iterable[Asked]:
    """Each by a rider of its own, named by its day and number: so he meets the same arm in the same year again."""
    columns = (trips["pickup_zone"], trips["dropoff_zone"], trips["distance_miles"], trips["pickup_at"])
    for number, (pickup, dropoff, miles, at) in enumerate(zip(*columns, strict=True), first):
        yield Asked(int(pickup), int(dropoff), float(miles), at.isoformat(), f"{at.date()} {number}")
