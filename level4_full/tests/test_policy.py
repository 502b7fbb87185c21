"""What the loop may do: the cases one by one; then, whatever happens in whatever order, what it never does."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from taxi.loop.policy import best, decide, tried
from taxi.loop.state import Action, Lane, Morning, Phase, Policy, State

POLICY = Policy()
TODAY = date(2020, 6, 1)
SERVING = State(Phase.SERVING, last_try=TODAY)


def morning(gains=(), good=60, day=TODAY, **facts):
    """A day on which all days before it are good, unless `good` says how many, or which."""
    days = good if isinstance(good, tuple) else tuple(day - timedelta(days=back) for back in range(good, 0, -1))
    return Morning(day, days, gains=tuple(gains), **facts)


def level(**facts):
    return morning(fires=True, cause="level", **facts)


def test_nothing_is_done_on_a_calm_morning():
    assert decide(POLICY, SERVING, morning()).action is Action.WAIT


def test_an_alarm_of_the_city_s_speed_opens_the_lane_and_a_candidate_follows():
    opened = decide(POLICY, SERVING, level())
    assert opened.action is Action.OPEN
    following = decide(POLICY, opened.after, level())
    assert (following.action, following.lane, following.windows) == (Action.TRY, Lane.ALARM, (7, 14, 28))


def test_minutes_that_scatter_train_nobody_and_tell_a_person():
    """Labels may be wrong: a model of them would be, too."""
    told = decide(POLICY, SERVING, morning(fires=True, cause="scatter"))
    assert told.action is Action.TELL
    again = decide(
        POLICY, replace(told.after, last_try=TODAY - timedelta(days=99)), morning(fires=True, cause="scatter")
    )
    assert again.action is Action.WAIT


def test_an_alarm_of_a_day_that_was_set_aside_is_none():
    old = tuple(TODAY - timedelta(days=back) for back in range(60, 1, -1))
    assert decide(POLICY, SERVING, level(good=old)).action is Action.WAIT


def test_two_calm_weeks_make_a_candidate_of_four_weeks():
    due = replace(SERVING, last_try=TODAY - timedelta(days=14))
    found = decide(POLICY, due, morning())
    assert (found.action, found.lane, found.windows, found.holdout) == (Action.TRY, Lane.CALM, (28,), 7)
    assert decide(POLICY, due, morning(good=34)).action is Action.WAIT


@pytest.mark.parametrize(("gains", "window"), [({7: [0.1], 14: [0.2]}, 14), ({7: [-0.001], 28: [-0.2]}, None)])
def test_after_an_alarm_a_candidate_must_be_better(gains, window):
    assert best(POLICY, Lane.ALARM, gains)[0] == window


@pytest.mark.parametrize(("gain", "window"), [(-0.009, 28), (-0.011, None)])
def test_in_a_calm_world_it_must_do_no_harm(gain, window):
    assert best(POLICY, Lane.CALM, {28: [gain]})[0] == window


@pytest.mark.parametrize(("gain", "action"), [(-0.049, Action.PROMOTE), (-0.051, Action.STOP)])
def test_a_canary_is_promoted_unless_it_is_plainly_bad(gain, action):
    assert decide(POLICY, replace(SERVING, phase=Phase.CANARY, since=TODAY), morning([gain])).action is action


def test_a_gain_that_is_no_number_promotes_and_confirms_nobody():
    canary = replace(SERVING, phase=Phase.CANARY, since=TODAY)
    for gain in (float("nan"), float("-inf")):
        assert decide(POLICY, canary, morning([gain])).action is Action.STOP
    probation = replace(SERVING, phase=Phase.PROBATION, since=TODAY)
    assert decide(POLICY, probation, morning([float("nan")] * 7)).action is Action.WAIT


def test_a_canary_waits_for_a_day_that_can_be_judged_and_not_for_ever():
    waiting = replace(SERVING, phase=Phase.CANARY, since=TODAY)
    assert decide(POLICY, waiting, morning()).action is Action.WAIT
    assert decide(POLICY, waiting, morning(day=TODAY + timedelta(days=5))).action is Action.STOP


def test_probation_takes_back_what_is_surely_worse():
    probation = replace(SERVING, phase=Phase.PROBATION, since=TODAY)
    returned = decide(POLICY, probation, morning([-0.05, -0.06, -0.04]))
    assert returned.action is Action.RETURN
    assert returned.after.returned == TODAY
    assert returned.after.next_try == TODAY + timedelta(days=7)
    assert decide(POLICY, probation, morning([-0.3, 0.2, -0.1])).action is Action.WAIT  # that may be chance
    assert decide(POLICY, probation, morning([-0.004, -0.005, -0.006])).action is Action.WAIT  # sure, and too little


def test_probation_hears_the_last_days_after_a_poison_ended():
    """While it lasted the poisoned one was better: on average it still is."""
    probation = replace(SERVING, phase=Phase.PROBATION, since=TODAY)
    assert decide(POLICY, probation, morning([0.3, 0.3, 0.3, -0.2, -0.2, -0.22])).action is Action.RETURN


def test_seven_days_confirm():
    probation = replace(SERVING, phase=Phase.PROBATION, since=TODAY)
    assert decide(POLICY, probation, morning([0.01] * 7)).action is Action.CONFIRM


@pytest.mark.parametrize(("phase", "action"), [(Phase.CANARY, Action.STOP), (Phase.PROBATION, Action.RETURN)])
def test_what_learned_from_a_day_that_was_set_aside_goes(phase, action):
    state = replace(SERVING, phase=phase, since=TODAY)
    assert decide(POLICY, state, morning([0.5] * 5, tainted=True)).action is action


def test_a_shock_does_not_wait_for_the_end_of_a_probation():
    probation = replace(SERVING, phase=Phase.PROBATION, since=TODAY)
    opened = decide(POLICY, probation, level(gains=[0.01]))
    assert opened.action is Action.OPEN
    assert decide(POLICY, opened.after, level(gains=[0.01])).action is Action.TRY


def test_the_breaker_halts_a_loop_whose_promotions_are_taken_back_again_and_again():
    before = tuple(TODAY - timedelta(days=back) for back in (60, 40))
    fallen = replace(SERVING, returns=before, returned=TODAY - timedelta(days=9))
    halted = decide(POLICY, fallen, level())
    assert halted.action is Action.TELL
    assert decide(POLICY, halted.after, level(day=TODAY + timedelta(days=30))).action is Action.WAIT
    opened = decide(POLICY, replace(fallen, returns=before[1:]), level())
    assert opened.action is Action.OPEN
    assert opened.after.returns == (*before[1:], fallen.returned)


def test_a_return_that_no_alarm_followed_is_no_failure():
    """Chance takes a good model back now and then: that may not leave the loop halted when the shock comes."""
    long_ago = replace(SERVING, returns=(TODAY - timedelta(days=60),) * 2, returned=TODAY - timedelta(days=15))
    opened = decide(POLICY, long_ago, level())
    assert opened.action is Action.OPEN
    assert opened.after.returned is None
    assert len(opened.after.returns) == 2


def test_a_year_has_a_budget():
    spent = tuple(TODAY - timedelta(days=7 * week) for week in range(45, 0, -1))
    due = replace(SERVING, last_try=spent[-1] - timedelta(days=14), rounds=spent)
    assert decide(POLICY, due, morning()).action is Action.WAIT
    assert "budget" in decide(POLICY, due, morning()).reason


def test_another_number_is_another_policy():
    """Who acted is on record by the hash of the policy."""
    assert Policy().digest() == POLICY.digest() != replace(POLICY, calm_every=15).digest()


class Years(RuleBasedStateMachine):
    """Any mornings: alarms, bad days, gains of any size, candidates that pass or fail."""

    policy = replace(POLICY, rounds_a_year=9, first_days=3)

    def __init__(self):
        super().__init__()
        self.day, self.state, self.good = date(2020, 1, 1), State(), ()
        self.tries, self.gated, self.promotions, self.gains = [], None, [], []

    @rule(bad=st.booleans(), fires=st.sampled_from(["", "level", "scatter"]), gain=st.floats(-0.5, 0.5),
          passes=st.booleans(), tainted=st.booleans(), skip=st.integers(1, 20))  # fmt: skip
    def lives(self, bad, fires, gain, passes, tainted, skip):
        for _ in range(skip):
            self.one(bad, fires, gain, passes, tainted)

    def one(self, bad, fires, gain, passes, tainted):
        if not bad:
            self.good = (*self.good, self.day)
            if self.state.since is not None and self.day >= self.state.since:
                self.gains.append(gain)
        self.day += timedelta(days=1)
        for turn in range(12):  # noqa: B007 it is asked about below
            judged = tuple(self.gains) if self.state.since else ()
            now = Morning(self.day, self.good, bool(fires), fires, judged, tainted)
            decision = decide(self.policy, self.state, now)
            if decision.action is Action.WAIT:
                break
            self.done(decision, now, passes)
        assert turn < 11, "it never came to rest"

    def done(self, decision, now, passes):
        before, self.state = self.state, decision.after
        if decision.action is Action.TRY:
            assert self.day not in self.tries
            self.tries.append(self.day)
            assert max(decision.windows) + decision.holdout <= len(self.good)
            if decision.lane is Lane.ALARM:
                assert now.fresh
            if decision.lane is Lane.CALM:
                assert not now.fires
            self.state = tried(self.policy, self.state, self.day, decision.lane, passes)
            self.gated = self.day if passes else self.gated
            self.gains = [] if self.state.since == self.day else self.gains
        if decision.action is Action.PROMOTE:
            assert before.phase is Phase.CANARY
            assert now.gains  # it was judged on a good day before riders
            assert not now.tainted
            assert self.gated is not None
            assert self.gated not in self.promotions  # each candidate once
            self.promotions.append(self.gated)
        if decision.action in (Action.PROMOTE, Action.STOP, Action.RETURN, Action.CONFIRM):
            self.gains = []

    @invariant()
    def no_budget_is_exceeded(self):
        for day in self.tries:
            assert sum(0 <= (day - other).days < 365 for other in self.tries) <= 9

    @invariant()
    def judged_days_belong_to_somebody(self):
        assert (self.state.since is not None) == (self.state.phase in (Phase.CANARY, Phase.PROBATION))


TestYears = Years.TestCase
TestYears.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
