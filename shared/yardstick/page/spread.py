"""A figure over the seeds of a stream: its median, and the interval that holds nine of ten."""

from collections.abc import Sequence
from typing import NamedTuple


class Spread(NamedTuple):
    low: float  # 5 %
    median: float
    high: float  # 95 %


def spread(values: Sequence[float]) -> Spread:
    """Quantiles with linear interpolation between the sorted values. values: at least one."""
    ordered = sorted(values)
    return Spread(*(_quantile(ordered, share) for share in (0.05, 0.5, 0.95)))


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
