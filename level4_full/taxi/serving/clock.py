"""What time it is: the machine's, or that of the trips that are asked about, when a month is lived again."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from taxi.serving.trip import Asked

Clock = Callable[[list[Asked]], float]


def wall(_: list[Asked]) -> float:
    """Seconds since 1970, whatever is asked."""
    return time.time()


class OfTrips:
    """As late as the latest pick-up so far: hours of a simulated year pass in a second, and never back."""

    def __init__(self) -> None:
        self._latest = 0.0

    def __call__(self, asked: list[Asked]) -> float:
        """Seconds since 1970, local times taken for UTC."""
        times = [datetime.fromisoformat(trip.pickup_at).replace(tzinfo=UTC).timestamp() for trip in asked]
        self._latest = max(self._latest, *times) if times else self._latest
        return self._latest
