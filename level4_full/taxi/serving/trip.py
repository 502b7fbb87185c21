"""A trip as somebody asked for it, and what goes back."""

from typing import NamedTuple


class Asked(NamedTuple):
    """A trip as somebody asked for it, checked. pickup_at: ISO text."""

    pickup_zone: int
    dropoff_zone: int
    distance_miles: float
    pickup_at: str
    rider_id: str | None = None


class Answered(NamedTuple):
    """What goes back. variant: which of the two models answered."""

    duration_minutes: float
    model_version: str
    variant: str
    experiment_id: str | None
    request_id: str
