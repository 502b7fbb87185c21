"""What a life was worth: error, its excess, the gap it closed, days to find and to mend. Pure functions over results.

Errors are minutes of a trip. `first` limits a figure to the first so many days (None: all). A life that crashed is
compared with others on the days that it lived.
"""

from collections.abc import Sequence
from datetime import date
from itertools import dropwhile

from yardstick.results import Act, LifeFound

EARLY = 60  # days: the lockdown of the real stream, and its end
WEEK = 7
WITHIN = 1.10  # as good as the oracle, for a week


def mae(life: LifeFound, first: int | None = None) -> float | None:
    """Mean absolute error, minutes a trip: all errors over all trips. None where nothing was answered."""
    trips = sum(life["trips"][:first])
    return sum(life["errors"][:first]) / trips if trips else None


def excess(life: LifeFound, oracle: LifeFound, first: int | None = None) -> float | None:
    """Person-minutes of error per 1,000 trips above somebody who knows what comes. None where nothing was answered."""
    own, best = mae(life, first), mae(oracle, _days(life, first))
    return None if own is None or best is None else 1000 * (own - best)


def closed(life: LifeFound, never: LifeFound, oracle: LifeFound, first: int | None = None) -> float | None:
    """The share of the gap between never learning again and the oracle that a life closed; 1 is all of it.

    Negative where it was worse than never. None where there is no gap: never was as good as the oracle.
    """
    days = min(_days(life, first), _days(never, first))
    own, worst, best = mae(life, days), mae(never, days), mae(oracle, days)
    if own is None or worst is None or best is None or worst <= best:
        return None
    return (worst - own) / (worst - best)


def bad_share(life: LifeFound, first: int | None = None) -> float | None:
    """The share of answers that were bad predictions (`LifeFound.bad`). None where nothing was answered."""
    trips = sum(life["trips"][:first])
    return sum(life["bad"][:first]) / trips if trips else None


def detected(acts: Sequence[Act], start: str) -> int | None:
    """Days from an incident's start (ISO) to the first sign of it on or after that day; None if there was none.

    A sign is an alarm, a complaint, or a look that led to work: a training before the next look. It counts for every
    incident that began before it, whatever it was about.
    """
    later = sorted((act for act in acts if act["day"] >= start), key=lambda act: act["day"])
    signs = (act["day"] for at, act in enumerate(later) if _is_sign(later, at))
    first = next(signs, None)
    return None if first is None else between(start, first)


def recovered(life: LifeFound, oracle: LifeFound, days: Sequence[str], start: str) -> int | None:
    """Days from an incident's start until the mean error of the next seven days is within 10 % of the oracle's.

    days: the world's, ISO. 0: it never left the oracle by more. None: it never came so near again, or crashed before.
    """
    for at, day in enumerate(days[: len(life["errors"]) - WEEK + 1]):
        if day >= start and _is_near(life, oracle, at):
            return between(start, day)
    return None


def _is_sign(acts: Sequence[Act], at: int) -> bool:
    if acts[at]["kind"] != "look":
        return acts[at]["kind"] in ("alarm", "complaint")
    after = dropwhile(lambda act: act["kind"] not in ("train", "look"), acts[at + 1 :])
    return next((act["kind"] for act in after), None) == "train"


def _is_near(life: LifeFound, oracle: LifeFound, at: int) -> bool:
    """Whether the seven days from number `at` on were as good as the oracle's, but for 10 %."""
    week = slice(at, at + WEEK)
    own, best = sum(life["trips"][week]), sum(oracle["trips"][week])
    return bool(own and best) and sum(life["errors"][week]) / own <= WITHIN * sum(oracle["errors"][week]) / best


def _days(life: LifeFound, first: int | None) -> int:
    return min(len(life["errors"]), len(life["errors"]) if first is None else first)


def between(start: str, day: str) -> int:
    """Days from one ISO day to another."""
    return (date.fromisoformat(day) - date.fromisoformat(start)).days
