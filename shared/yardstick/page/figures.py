"""What is shown of a life, and the middle of it over the seeds of a stream."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any, NamedTuple

from yardstick import score
from yardstick.page.lives import NEVER, ORACLE, incident_names, pick
from yardstick.results import LifeFound, World

YEAR = 365
NUMBERS = (
    "early_mae", "mae", "early_excess", "excess", "early_closed", "closed", "bad", "deployments", "returns", "hours",
    "fits", "seconds", "trips",
)  # fmt: skip


class Took(NamedTuple):
    """Days that something took. late: the next incident had begun by then, so that it may have been about that one."""

    days: float | None
    late: bool = False


@dataclass(frozen=True)
class Figures:
    """One life in one world, or the middle of several. Errors in minutes, excess in person-minutes per 1,000 trips."""

    early_mae: float | None
    mae: float | None
    early_excess: float | None
    excess: float | None
    early_closed: float | None  # shares of the gap
    closed: float | None
    bad: float | None  # share of the answers
    deployments: float
    returns: float
    hours: float  # of people, a year
    fits: float
    seconds: float
    trips: float  # a year
    worst: dict[str, float]  # borough -> minutes
    tasks: dict[str, float]  # task -> hours a year
    found: dict[str, list[Took]]  # incident -> days, one entry a world
    mended: dict[str, list[Took]]
    crashed: tuple[str, ...] = ()  # after how long, and why
    worlds: int = 1


def figures(world: World, life: LifeFound) -> Figures:
    """Of a life that was lived in that world."""
    never, oracle = pick(world, NEVER, ""), pick(world, ORACLE, "")
    days = len(life["errors"])
    a_year = YEAR / days if days else 0.0
    kinds = [act["kind"] for act in life["acts"]]

    def above(first: int | None = None) -> float | None:
        return score.excess(life, oracle, first) if oracle else None

    def share(first: int | None = None) -> float | None:
        return score.closed(life, never, oracle, first) if never and oracle else None

    return Figures(
        score.mae(life, score.EARLY), score.mae(life), above(score.EARLY), above(), share(score.EARLY), share(),
        score.bad_share(life), kinds.count("deploy"), kinds.count("return"), a_year * sum(life["hours"].values()),
        life["fits"], life["seconds"], a_year * sum(life["trips"]), dict(life["worst"]),
        {task: a_year * hours for task, hours in life["hours"].items()}, *_times(world, life, oracle),
        crashed=() if life["crashed"] is None else (f"after {days} days; {life['crashed']}",),
    )  # fmt: skip


Times = dict[str, list[Took]]


def _times(world: World, life: LifeFound, oracle: LifeFound | None) -> tuple[Times, Times]:
    """Days to the first sign of each incident, and until the error was the oracle's again."""
    starts = [one["start"] for one in world["incidents"]]
    found: Times = {}
    mended: Times = {}
    for name, start in zip(incident_names(world), starts, strict=True):
        following = min((other for other in starts if other > start), default=None)
        gap = score.between(start, following) if following else None
        seen = score.detected(life["acts"], start)
        well = score.recovered(life, oracle, world["days"], start) if oracle else None
        found[name], mended[name] = [_took(seen, gap)], [_took(well, gap)]
    return found, mended


def _took(days: int | None, gap: int | None) -> Took:
    return Took(days, days is not None and gap is not None and days >= gap)


def middle(every: Sequence[Figures]) -> Figures:
    """Medians over worlds, of the lives that did not crash where there are any; times are kept one by one."""
    if len(every) == 1:
        return every[0]
    sound = [one for one in every if not one.crashed] or every
    numbers: dict[str, Any] = {name: _median(getattr(one, name) for one in sound) for name in NUMBERS}
    return replace(
        every[0], **numbers, worst=_medians([one.worst for one in sound]), tasks=_medians([one.tasks for one in sound]),
        found=_joined([one.found for one in every]), mended=_joined([one.mended for one in every]),
        crashed=tuple(why for one in every for why in one.crashed), worlds=len(every),
    )  # fmt: skip


def took(times: Iterable[Took]) -> Took:
    """The median of those that there were; late where most were."""
    known = [one for one in times if one.days is not None]
    return Took(_median(one.days for one in known), 2 * sum(one.late for one in known) > len(known))


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def _medians(every: Sequence[dict[str, float]]) -> dict[str, float]:
    keys = dict.fromkeys(key for one in every for key in one)
    return {key: median(one.get(key, 0.0) for one in every) for key in keys}


def _joined(every: Sequence[dict[str, list[Took]]]) -> dict[str, list[Took]]:
    keys = dict.fromkeys(key for one in every for key in one)
    return {key: [time for one in every for time in one.get(key, [])] for key in keys}
