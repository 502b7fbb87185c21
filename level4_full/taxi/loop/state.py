"""The words of the policy: where the loop is, what it knows on a morning, what it may do, and every number of it."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

DATES = ("lane_until", "next_try", "last_try", "since", "told", "returned")  # of a state


class Phase(StrEnum):
    """Where the loop is between two mornings."""

    WARMING = "warming up"
    SERVING = "serving"
    TRYING = "trying"
    CANARY = "canary"
    PROBATION = "probation"


class Lane(StrEnum):
    """Why a candidate is made: nothing serves yet, the world changed, or two weeks went by."""

    FIRST = "first"
    ALARM = "alarm"
    CALM = "calm"


class Action(StrEnum):
    """What is to be done. After all but WAIT the loop asks again."""

    WAIT = "wait"
    OPEN = "open the lane"
    CLOSE = "close the lane"
    TELL = "tell a person"
    TRY = "try a candidate"
    STOP = "stop the canary"
    PROMOTE = "promote"
    RETURN = "return to the one before"
    CONFIRM = "confirm"


@dataclass(frozen=True)
class Policy:
    """Its numbers, but for the canary's share. Days are days with labels that were accepted; gains are shares of the
    error.
    """

    first_days: int = 21
    alarm_windows: tuple[int, ...] = (7, 14, 28)
    alarm_holdout: int = 3
    alarm_days: int = 35  # the lane stays open
    alarm_again: int = 7  # between two candidates of a lane, once one has passed
    calm_window: int = 28
    calm_holdout: int = 7
    calm_every: int = 14
    calm_gain: float = -0.01  # worse by this is no harm
    canary_days: int = 1
    canary_gain: float = -0.05
    canary_patience: int = 4  # days in which there may be no label
    probation_days: int = 7
    probation_fewest: int = 3
    probation_gain: float = -0.01
    probation_last: float = -0.05  # of the last days alone: where a poison has ended, its model is this much worse
    pause_days: int = 7  # after a return
    rounds_a_year: int = 45
    breaker: int = 3  # returns that an alarm followed, within breaker_days
    breaker_days: int = 90
    breaker_after: int = 14  # days after a return: an alarm so soon says that the one before is no better

    def digest(self) -> str:
        """sha256 of the numbers: who acted, where nobody did."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class State:
    """What the loop remembers. since: the first day that canary or probation are judged on. rounds: of candidates.

    told: the day a person was told last about labels that scatter. returned: the day of the last return, until an alarm
    follows; returns: those that one followed. halted: why it does nothing until a person says so.
    """

    phase: Phase = Phase.WARMING
    lane_until: date | None = None
    passed: bool = False
    next_try: date | None = None
    last_try: date | None = None
    since: date | None = None
    rounds: tuple[date, ...] = ()
    returned: date | None = None
    returns: tuple[date, ...] = ()
    told: date | None = None
    halted: str = ""


@dataclass(frozen=True)
class Morning:
    """What is known on the morning of `day`: labels up to the day before.

    good: days that were accepted, oldest first. fires, cause: the monitor's, of the day before. gains: of each good day
    since `State.since`, what the newer model saves of the older one's error, the canary's or the one on probation.
    tainted: whether the newer one learned from a day that was set aside since.
    """

    day: date
    good: tuple[date, ...]
    fires: bool = False
    cause: str = ""
    gains: tuple[float, ...] = ()
    tainted: bool = False

    @property
    def fresh(self) -> bool:
        """Whether the day before was accepted: an alarm of another day is old."""
        return bool(self.good) and self.good[-1] == self.day - timedelta(days=1)


@dataclass(frozen=True)
class Decision:
    """after: the state once it is done. lane, windows, holdout: of a candidate that is to be tried, in good days."""

    action: Action
    reason: str
    after: State
    lane: Lane | None = None
    windows: tuple[int, ...] = ()
    holdout: int = 0


def state_of(values: dict[str, Any] | None) -> State:
    """As it was put down; where nothing was, the beginning."""
    if values is None:
        return State()
    known: dict[str, Any] = {name: date.fromisoformat(values[name]) if values.get(name) else None for name in DATES}
    known |= {name: tuple(map(date.fromisoformat, values[name])) for name in ("rounds", "returns")}
    return State(**values | known | {"phase": Phase(values["phase"])})
