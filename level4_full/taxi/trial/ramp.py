"""How many riders a challenger has: none at first, then more every day, as long as nothing stops it."""

STEPS = (0.0, 0.01, 0.05, 0.25, 0.5)  # shares of the riders, a day each; the last stays
DAYS_EACH = 1


def share_of(days: int) -> float:
    """The share after so many whole days of an experiment."""
    return STEPS[min(days // DAYS_EACH, len(STEPS) - 1)]
