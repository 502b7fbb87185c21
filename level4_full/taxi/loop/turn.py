"""One morning: take in what came, ask the policy, do what it says, write down why. Nobody is asked."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date, timedelta

import trips
from taxi import tracking
from taxi.errors import BadInput
from taxi.graph import Scorer
from taxi.loop import attempt, brake, candidates, hand, placing, policy
from taxi.loop.attempt import Attempt, Made
from taxi.loop.batches import Bring, bring_from
from taxi.loop.candidates import Fit
from taxi.loop.days import Days
from taxi.loop.ledger import Ledger
from taxi.loop.memory import Memory
from taxi.loop.placing import Placing
from taxi.loop.state import Action, Decision, Lane, Morning, Phase, Policy, State
from taxi.registry import CHAMPION, PREVIOUS, Registry
from taxi.settings import Settings
from taxi.watch import limits

CANARY_SHARE = 0.1
POLICY = Policy()
THEN = {Action.STOP: placing.alone, Action.PROMOTE: placing.promoted, Action.RETURN: placing.returned,
        Action.CONFIRM: placing.alone}  # fmt: skip


class Loop:
    """One service's loop. where: log, city, tlc or inbox. fit, bring: how models are made and days come, where it is
    neither by the settings nor from there. decide: `taxi.loop.policy.decide`, or a rule that is compared with it.
    """

    def __init__(self, settings: Settings, where: str = "log", seed: int = 0, rules: Policy = POLICY,
                 fit: Fit | None = None, bring: Bring | None = None,
                 decide: Callable[[Policy, State, Morning], Decision] = policy.decide) -> None:  # fmt: skip
        self.settings, self.rules, self._rule = settings, rules, decide
        self.folder = settings.state / "loop"
        self.ledger = Ledger(self.folder)
        self.memory = Memory(self.ledger)
        bounds = limits.read(settings.state / "monitor" / "limits.json")
        boroughs = trips.open_source("city" if where in ("log", "inbox") else where, seed).boroughs()
        bring = bring or bring_from(settings, where, seed)
        self.days = Days(self.ledger, self.folder, bring, bounds, boroughs, where)
        self.mlflow = tracking.connect(settings)
        self.registry = Registry(self.mlflow)
        fit = fit or (candidates.on(settings.cluster) if settings.cluster else candidates.here)
        self.attempt = Attempt(self.ledger, self.folder, self.days, rules, fit, boroughs, where)
        self._models: dict[str, Scorer] = {}

    def once(self, today: date) -> list[str]:
        """The morning of a day; what was done, a line each. The same day again finds nothing left to do.

        Raises BadInput while another loop works, or for a morning that is past; Fenced when one took over meanwhile.
        """
        before, last = len(self.ledger.events()), self.memory.last
        if str(today) < last:
            raise BadInput(f"the morning of {today} is past: the last one was {last}. Say a later one: --day {last}")
        with self.ledger.lease():
            self.days.read()
            self._adopt(today)
            if not self.memory.paused:  # a person may have changed who serves
                self._settle()
            self._go_on(today)
            self._take_in(today)
            self._decide(today)
        return [f"{one['day']} {one['kind']}: {one['said']}" for one in self.ledger.events()[before:]]

    def back(self, why: str) -> str:
        """By hand: the one before serves again, and the loop pauses. Raises BadInput where there is none before."""
        if self.memory.placing.previous is None:
            raise BadInput("nothing served before. See what there is: python models.py")
        brake.pull(self.ledger, why)
        with self.ledger.lease():
            said = hand.back(self.memory, why)
            self._settle()
        return said

    def _adopt(self, today: date) -> None:
        """Who serves by a person's hand when the loop begins, or is resumed, is its champion from then on."""
        now, aliases = self.memory.placing, self.registry.aliases()
        first = now.champion is None and CHAMPION in aliases
        if not first and not (self.ledger.get("resumed") and aliases.get(CHAMPION) != now.champion):
            return
        after = replace(self.memory.state, phase=Phase.SERVING, since=None, last_try=today)
        with self.ledger.write():
            self.memory.place(Placing(aliases[CHAMPION], previous=aliases.get(PREVIOUS)))
            self.memory.compare_with([])
            self.ledger.put("resumed", False)
            said = f"version {aliases[CHAMPION]} serves, by a person's hand"
            self.memory.decided("adopt", said, today, "", after, self.rules.digest())

    def _take_in(self, today: date) -> None:
        now = self.memory.placing
        asked = {number: self._model(number) for number in (now.champion, now.beside) if number is not None}
        for day in self.days.due(today):
            if not self.days.take_in(day, today, asked):
                break

    def _model(self, number: str) -> Scorer:
        if number not in self._models:
            self._models[number] = Scorer(self.registry.graph(self.registry.version(number)))
        return self._models[number]

    def _decide(self, today: date) -> None:
        """One decision after the other, until there is nothing more to do today."""
        alarm = self.days.look(today - timedelta(days=1))
        while not self.memory.paused:
            state = self.memory.state
            decision = self._rule(self.rules, state, self._morning(today, state, alarm.fires, alarm.cause))
            if decision.action is Action.WAIT:
                with self.ledger.write():
                    self.ledger.put("waits", {"day": str(today), "said": decision.reason})
                return
            if decision.action is Action.TRY:
                self._try(today, decision)
            else:
                self._act(today, decision)

    def _morning(self, today: date, state: State, fires: bool, cause: str) -> Morning:
        """What the policy is told."""
        good, now = self.days.good(), self.memory.placing
        newer, older = (now.challenger, now.champion) if state.phase is Phase.CANARY else (now.champion, now.previous)
        since = [self.days.known(day)["mae"] for day in good if state.since and day >= str(state.since)]
        gains = tuple(1 - one[newer] / one[older] for one in since if one.get(newer) and one.get(older))
        tainted = not set(self.memory.candidate.get("learned", {})) <= set(good)
        return Morning(today, tuple(map(date.fromisoformat, good)), fires, cause, gains, tainted)

    def _act(self, today: date, decision: Decision) -> None:
        """What needs no new model: one write, then registry and routes follow."""
        action, then = decision.action, THEN.get(decision.action)
        candidate = self.memory.candidate
        key = candidate["key"] if then else ""
        with self.ledger.write():
            self.memory.decided(action, decision.reason, today, key, decision.after, self.rules.digest())
            if action is Action.TELL and not decision.after.halted:
                noisy = self.days.noisy(today - timedelta(days=1))
                self.days.set_aside(noisy, "its minutes scatter, and the model did not change")
            if then is not None:
                self.memory.place(then(self.memory.placing), candidate if action is Action.PROMOTE else None)
                self.memory.became(key, action)
        if action is Action.TELL:
            hand.tell(self.folder, str(today), decision.reason, self.settings.webhook)
        if then is not None:
            self._settle()

    def _try(self, today: date, decision: Decision) -> None:
        champion = self.memory.placing.champion
        one = attempt.plan(today, decision, self.days.good(), champion)
        key = one.key(self.rules)
        with self.ledger.write():
            self.ledger.begin(key, str(today), one.lane, {"plan": asdict(one)})
            self.ledger.put("open", {"key": key, "plan": asdict(one)})
            said = f"{one.lane}: {decision.reason}"
            self.memory.decided(decision.action, said, today, key, decision.after, self.rules.digest())
        self._go_on(today)

    def _go_on(self, today: date) -> None:
        """The candidate that is being made, by this loop or by one that was killed."""
        found = self.memory.open
        if found is None or self.memory.paused:
            return
        one, key = attempt.of_json(found["plan"]), found["key"]
        champion = self.registry.graph(self.registry.version(one.champion)) if one.champion else None
        made = self.attempt.make(one, key, champion, self.registry, self.mlflow)
        if self.memory.paused:  # meanwhile: it is there, and is placed when somebody resumes
            return
        after = policy.tried(self.rules, self.memory.state, today, one.lane, made.number is not None)
        kind = "refuse" if made.number is None else "canary" if one.lane is not Lane.FIRST else str(Action.PROMOTE)
        with self.ledger.write():
            self.ledger.put("open", None)
            self.memory.decided(kind, made.reason, today, key, after, self.rules.digest())
            if made.number is not None:
                self._place(one.lane, key, made.number, made)
            self.ledger.end(key, "refused" if made.number is None else kind, made.facts)
        self._settle()

    def _place(self, lane: Lane, key: str, number: str, made: Made) -> None:
        """Before some riders; the first before all. Within `Ledger.write`."""
        candidate = {"key": key, "learned": made.facts["learned"]}
        if lane is Lane.FIRST:
            self.memory.place(Placing(number), candidate)
            self.memory.compare_with(made.facts["reference"])
        else:
            self.memory.place(placing.canary(self.memory.placing, number, CANARY_SHARE), candidate)

    def _settle(self) -> None:
        """Registry and routes, as the ledger has it."""
        want, ledger = self.memory.placing, self.ledger
        table = placing.settle(want, self.registry, self.settings, ledger.fence, ledger.check)
        if table is not None:
            said = placing.followed(table, self.settings.service)
            with ledger.write():
                ledger.put("followed", said)
