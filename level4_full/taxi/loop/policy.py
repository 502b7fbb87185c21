"""What the loop may do each morning, and why: values in, a decision with its reasons out. Nothing is read or written.

The burden of proof depends on the state of the world. In a calm world a candidate must do no harm; after an alarm whose
cause is the city's speed it must be better on the days that raised it, and may have learned from few. Whoever is
promoted stays on probation, with the one before it in the shadow: a poisoned week looks like a changed world until it
ends, so the way back is part of the way forward.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from taxi.loop.state import Action, Decision, Lane, Morning, Phase, Policy, State

TAINTED = "it learned from a day that was set aside since"


def decide(policy: Policy, state: State, morning: Morning) -> Decision:
    """The next thing to do this morning. Asked again after each, until it says WAIT."""
    if state.halted:
        return Decision(Action.WAIT, state.halted, state)
    if state.phase is Phase.TRYING:
        return Decision(Action.WAIT, "a candidate is being made", state)
    if state.phase is Phase.WARMING:
        return _first(policy, state, morning)
    lane = _lane(policy, state, morning)
    if lane is not None:
        return lane
    if state.phase is Phase.CANARY:
        return _canary(policy, state, morning)
    if state.phase is Phase.PROBATION:
        verdict = _probation(policy, state, morning)
        if verdict.action is not Action.WAIT or not urgent(state):
            return verdict
    return _serving(policy, state, morning)


def urgent(state: State) -> bool:
    """An alarm that nothing was done about yet does not wait for the end of a probation."""
    return state.lane_until is not None and not state.passed


def _first(policy: Policy, state: State, morning: Morning) -> Decision:
    if len(morning.good) < policy.first_days:
        said = f"{len(morning.good)} good days, {policy.first_days} make a first model"
        return Decision(Action.WAIT, said, state)
    window = len(morning.good) - policy.alarm_holdout
    return _try(policy, state, morning, Lane.FIRST, (window,), policy.alarm_holdout, "nothing serves yet")


def _lane(policy: Policy, state: State, morning: Morning) -> Decision | None:
    """Opening and closing it, in every phase; the breaker."""
    day = morning.day
    if state.lane_until is not None:
        if day < state.lane_until:
            return None
        after = replace(state, lane_until=None, passed=False, next_try=None)
        return Decision(Action.CLOSE, f"open for {policy.alarm_days} days", after)
    if not (morning.fires and morning.fresh):
        return None
    if morning.cause != "level":
        if state.told == morning.good[-1]:
            return None
        said = "the error is up because minutes scatter: labels may be wrong. Nothing is learned from such days"
        return Decision(Action.TELL, said, replace(state, told=morning.good[-1]))
    returns = _followed(policy, state, day)
    if len(returns) >= policy.breaker:
        said = f"{len(returns)} promotions were taken back, and after each an alarm followed: look at it, then resume"
        return Decision(Action.TELL, said, replace(state, halted=said))
    until = day + timedelta(days=policy.alarm_days)
    waits = state.next_try if state.next_try and state.next_try > day else day
    after = replace(state, lane_until=until, passed=False, next_try=waits, returned=None, returns=returns)
    return Decision(Action.OPEN, f"the error is up and the city's speed moved; open until {until}", after)


def _followed(policy: Policy, state: State, day: date) -> tuple[date, ...]:
    """The returns of late that an alarm followed, where there is one on `day`.

    A return after which all is well counts for nothing: chance takes back a good model a few times a year.
    """
    last = (state.returned,) if state.returned and (day - state.returned).days <= policy.breaker_after else ()
    return tuple(when for when in (*state.returns, *last) if (day - when).days <= policy.breaker_days)


def _canary(policy: Policy, state: State, morning: Morning) -> Decision:
    gains, since = morning.gains, state.since or morning.day
    if morning.tainted:
        return Decision(Action.STOP, TAINTED, _resting(policy, state, morning.day))
    if len(gains) < policy.canary_days:
        if (morning.day - since).days <= policy.canary_patience:
            return Decision(Action.WAIT, f"canary, {len(gains)} of {policy.canary_days} days judged", state)
        after = _resting(policy, state, morning.day)
        return Decision(Action.STOP, f"no good day to judge it on for {policy.canary_patience} days", after)
    gain = float(np.mean(gains))
    if not gain >= policy.canary_gain:  # a gain that is no number is none
        after = _resting(policy, state, morning.day)
        return Decision(Action.STOP, f"{gain:+.1%} on its first day, {policy.canary_gain:.0%} at least", after)
    after = replace(state, phase=Phase.PROBATION, since=morning.day)
    return Decision(Action.PROMOTE, f"{gain:+.1%} on its first day before riders", after)


def _probation(policy: Policy, state: State, morning: Morning) -> Decision:
    gains = np.array([gain for gain in morning.gains if not np.isnan(gain)])
    if morning.tainted:
        return Decision(Action.RETURN, TAINTED, _back(policy, state, morning.day))
    spans = ((gains, policy.probation_gain), (gains[-policy.probation_fewest :], policy.probation_last))
    for days, limit in spans:
        if len(days) >= policy.probation_fewest and surely_worse(days, limit):
            said = f"{days.mean():+.1%} on the last {len(days)} days, and that is no chance"
            return Decision(Action.RETURN, said, _back(policy, state, morning.day))
    if len(gains) >= policy.probation_days:
        after = replace(state, phase=Phase.SERVING, since=None)
        return Decision(Action.CONFIRM, f"{gains.mean():+.1%} on {len(gains)} days", after)
    return Decision(Action.WAIT, f"probation, {len(gains)} of {policy.probation_days} days judged", state)


def surely_worse(gains: npt.NDArray[np.float64], limit: float) -> bool:
    """Mean below the limit, and below zero with nine in ten (Student's t, one-sided)."""
    from scipy import stats

    mean, error = float(gains.mean()), float(gains.std(ddof=1)) / np.sqrt(len(gains))
    return mean < limit and mean + float(stats.t.ppf(0.9, len(gains) - 1)) * error < 0


def _serving(policy: Policy, state: State, morning: Morning) -> Decision:
    day = morning.day
    if state.next_try is not None and day < state.next_try:
        return Decision(Action.WAIT, f"not before {state.next_try}", state)
    if state.lane_until is not None:
        fits = tuple(one for one in policy.alarm_windows if one + policy.alarm_holdout <= len(morning.good))
        if not fits or not morning.fresh:
            return Decision(Action.WAIT, "the lane is open, and there are too few good days", state)
        return _try(policy, state, morning, Lane.ALARM, fits, policy.alarm_holdout, "the world changed")
    if morning.fires:
        return Decision(Action.WAIT, "an alarm goes on, and its cause is not the city's speed", state)
    due = (state.last_try or day) + timedelta(days=policy.calm_every)
    if day < due:
        return Decision(Action.WAIT, f"calm; the next candidate on {due}", state)
    if len(morning.good) < policy.calm_window + policy.calm_holdout:
        return Decision(Action.WAIT, "calm, and too few good days for a candidate", state)
    said = f"the last candidate is {policy.calm_every} days old"
    return _try(policy, state, morning, Lane.CALM, (policy.calm_window,), policy.calm_holdout, said)


def _try(policy: Policy, state: State, morning: Morning, lane: Lane, windows: tuple[int, ...], holdout: int,
         said: str) -> Decision:  # fmt: skip
    """A candidate, where the budget allows one."""
    day = morning.day
    year = tuple(when for when in state.rounds if (day - when).days < 365)
    if day in year:
        return Decision(Action.WAIT, "one candidate a day", state)
    if len(year) >= policy.rounds_a_year:
        return Decision(Action.WAIT, f"{said}, but {len(year)} candidates within a year are the budget", state)
    after = replace(state, phase=Phase.TRYING, last_try=day, rounds=(*year, day))
    return Decision(Action.TRY, said, after, lane, windows, holdout)


def best(policy: Policy, lane: Lane, gains: Mapping[int, Sequence[float]]) -> tuple[int | None, str]:
    """The window that is to be shipped, None for none; in words. gains: window -> gain on each day of the hold-out."""
    means = {window: float(np.mean(of)) for window, of in gains.items()}
    window = max(means, key=means.__getitem__)
    said = ", ".join(f"{days} days {gain:+.1%}" for days, gain in means.items())
    if lane is Lane.FIRST:
        return window, "nothing to compare it with"
    least = policy.calm_gain if lane is Lane.CALM else 0.0
    passed = means[window] > least
    return window if passed else None, f"{said}; over {least:.0%} asked"


def tried(policy: Policy, state: State, day: date, lane: Lane, passed: bool) -> State:
    """The state after a candidate was made: before riders in the canary, promoted if it is the first, or refused."""
    if passed and lane is Lane.FIRST:
        return replace(state, phase=Phase.SERVING, since=None)
    if passed:
        again = day + timedelta(days=policy.alarm_again) if lane is Lane.ALARM else None
        return replace(state, phase=Phase.CANARY, since=day, passed=state.lane_until is not None, next_try=again)
    if lane is Lane.FIRST:
        return replace(state, phase=Phase.WARMING)
    back = Phase.PROBATION if state.since is not None else Phase.SERVING
    later = day + timedelta(days=policy.alarm_again if state.passed else 1)
    return replace(state, phase=back, next_try=later if lane is Lane.ALARM else None)


def _resting(policy: Policy, state: State, day: date) -> State:
    """Serving, and no candidate for a while."""
    return replace(state, phase=Phase.SERVING, since=None, next_try=day + timedelta(days=policy.pause_days))


def _back(policy: Policy, state: State, day: date) -> State:
    """After a return: the lane is shut, too, for what it let through was no better."""
    after = _resting(policy, state, day)
    return replace(after, returned=day, lane_until=None, passed=False)
