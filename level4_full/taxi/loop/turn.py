"""One morning: take in what came, ask the policy, do what it says, write down why. Nobody is asked."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any

import trips
from taxi import lineage, tracking
from taxi.errors import BadInput
from taxi.graph import Scorer
from taxi.loop import attempt, brake, candidates, placing, policy
from taxi.loop.attempt import Attempt, Plan
from taxi.loop.batches import Bring, bring_from
from taxi.loop.candidates import Fit
from taxi.loop.days import Days
from taxi.loop.ledger import Ledger
from taxi.loop.placing import Placing
from taxi.loop.policy import Action, Decision, Lane, Morning, Phase, Policy, State, state_of
from taxi.registry import Registry
from taxi.settings import Settings
from taxi.watch import alerts, limits

CANARY_SHARE = 0.1
POLICY = Policy()
BECAME = {Action.STOP: "stopped", Action.PROMOTE: "promoted", Action.RETURN: "returned", Action.CONFIRM: "confirmed"}


class Loop:
    """One service's loop. where: log, city, tlc or inbox. fit, bring: how models are made and days come, where it is
    neither by the settings nor from there. decide: `taxi.loop.policy.decide`, or a rule that is compared with it.
    """

    def __init__(self, settings: Settings, where: str = "log", seed: int = 0, rules: Policy = POLICY,
                 fit: Fit | None = None, bring: Bring | None = None,
                 decide: Callable[[Policy, State, Morning], Decision] = policy.decide) -> None:  # fmt: skip
        self.settings, self.where, self.rules, self._rule = settings, where, rules, decide
        self.folder = settings.state / "loop"
        self.ledger = Ledger(self.folder)
        bounds = limits.read(settings.state / "monitor" / "limits.json")
        self.boroughs = trips.open_source("city" if where in ("log", "inbox") else where, seed).boroughs()
        bring = bring or bring_from(settings, where, seed)
        self.days = Days(self.ledger, self.folder, bring, bounds, self.boroughs, where)
        self.mlflow = tracking.connect(settings)
        self.registry = Registry(self.mlflow)
        self._fence = self.ledger.fence
        fit = fit or (candidates.on(settings.cluster) if settings.cluster else candidates.here)
        self.attempt = Attempt(self.ledger, self.folder, self.days, rules, fit, self.boroughs, where)
        self._models: dict[str, Scorer] = {}

    def once(self, today: date) -> list[str]:
        """The morning of a day; what was done, a line each. The same day again finds nothing left to do.

        Raises BadInput while another loop works, or for a morning that is past; Fenced when one took over meanwhile.
        """
        before, last = len(self.ledger.events()), self._get("waits", {}).get("day", "")
        if str(today) < last:
            raise BadInput(f"the morning of {today} is past: the last one was {last}. Say a later one: --day {last}")
        with self.ledger.lease() as fence:
            if fence != self._fence + 1:
                self.days.read()
            self._fence = fence
            if not self.paused:  # a person may have changed who serves
                self._settle()
            self._go_on(today)
            self._take_in(today)
            self._decide(today)
        return [f"{one['day']} {one['kind']}: {one['said']}" for one in self.ledger.events()[before:]]

    @property
    def paused(self) -> str:
        """By whom and why; empty where it goes on."""
        return str(self._get("paused", ""))

    @property
    def state(self) -> State:
        return state_of(self._get("state", None))

    @property
    def placing(self) -> Placing:
        return Placing(**self._get("placing", {}))

    def _take_in(self, today: date) -> None:
        for day in self.days.due(today):
            if not self.days.take_in(day, today, self._serving()):
                break

    def _serving(self) -> dict[str, Scorer]:
        """Who is asked about each trip, the champion first."""
        now = self.placing
        return {number: self._model(number) for number in (now.champion, now.beside) if number is not None}

    def _model(self, number: str) -> Scorer:
        if number not in self._models:
            self._models[number] = Scorer(self.registry.graph(self.registry.version(number)))
        return self._models[number]

    def _decide(self, today: date) -> None:
        """One decision after the other, until there is nothing more to do today."""
        fires, cause = self._alarm(today)
        while not self.paused:
            state = self.state
            decision = self._rule(self.rules, state, self._morning(today, state, fires, cause))
            if decision.action is Action.WAIT:
                with self.ledger.write():
                    self.ledger.put("waits", {"day": str(today), "said": decision.reason})
                return
            if decision.action is Action.TRY:
                self._try(today, decision)
            else:
                self._act(today, decision)

    def _alarm(self, today: date) -> tuple[bool, str]:
        found = self.days.look(str(today - timedelta(days=1))) if self.days.good() else None
        return (found.fires, found.cause) if found else (False, "")

    def _morning(self, today: date, state: State, fires: bool, cause: str) -> Morning:
        good, now = self.days.good(), self.placing
        newer, older = (now.challenger, now.champion) if state.phase is Phase.CANARY else (now.champion, now.previous)
        gains = []
        for day in good:
            errors = self.days.known(day)["mae"]
            if (
                state.since is not None
                and date.fromisoformat(day) >= state.since
                and errors.get(newer)
                and errors.get(older)
            ):
                gains.append(1 - errors[newer] / errors[older])
        learned = (self._get("candidate", {}) or {}).get("learned", {})
        tainted = any(day not in good for day in learned)
        return Morning(today, tuple(map(date.fromisoformat, good)), fires, cause, tuple(gains), tainted)

    def _act(self, today: date, decision: Decision) -> None:
        """What needs no new model: one write, then registry and routes follow."""
        now, key = self.placing, (self._get("candidate", {}) or {}).get("key", "")
        then = {Action.STOP: placing.alone, Action.PROMOTE: placing.promoted, Action.RETURN: placing.returned,
                Action.CONFIRM: placing.alone}.get(decision.action)  # fmt: skip
        with self.ledger.write():
            self._event(decision.action, decision.reason, today, key if then else "", decision.after)
            if decision.action is Action.TELL and not decision.after.halted:
                noisy = self.days.noisy(today - timedelta(days=1))
                self.days.set_aside(noisy, "its minutes scatter, and the model did not change")
            if then is not None:
                self.ledger.put("placing", asdict(then(now)))
                self._run_became(key, decision.action)
        if decision.action is Action.TELL:
            self._tell(today, decision.reason)
        if then is not None:
            self._settle()

    def _tell(self, today: date, said: str) -> None:
        """A person, once a day: in a file, and where a webhook is named, there."""
        known = {"name": "the loop", "day": str(today), "reasons": [said], "runbook": "README.md#runbook-model-decay"}
        for line in alerts.tell(self.folder, [known], self.settings.webhook):
            print(line)

    def back(self, why: str) -> str:
        """By hand: the one before serves again, and the loop pauses. Raises BadInput where there is none before."""
        if self.placing.previous is None:
            raise BadInput("nothing served before. See what there is: python models.py")
        brake.pull(self.ledger, why)
        with self.ledger.lease(), self.ledger.write():
            now = placing.returned(self.placing)
            self.ledger.put("placing", asdict(now))
            self.ledger.put("state", asdict(replace(self.state, phase=Phase.SERVING, since=None)))
            self.ledger.put("candidate", {})
            self.ledger.put("reference", self._get("reference before", []))
            self.ledger.event(
                "back", f"version {now.champion} serves again, by {lineage.who()}: {why}", str(date.today())
            )
        with self.ledger.lease():
            self._settle()
        return f"version {now.champion} serves again; the loop is paused"

    def _run_became(self, key: str, action: Action) -> None:
        """The run's state, and with whose errors the next days are compared. Within `Ledger.write`."""
        run = next(one for one in self.ledger.runs() if one["key"] == key)
        self.ledger.end(key, BECAME[action], run["facts"])
        if action is Action.PROMOTE:
            self.ledger.put("reference before", self._get("reference", []))
            self.ledger.put("reference", run["facts"]["reference"])
        if action is Action.RETURN:
            self.ledger.put("reference", self._get("reference before", []))
        if action is not Action.PROMOTE:
            self.ledger.put("candidate", {})

    def _try(self, today: date, decision: Decision) -> None:
        assert decision.lane is not None
        one = attempt.plan(today, decision.lane, decision.windows, decision.holdout, self.days.good(),
                           self.placing.champion, decision.reason)  # fmt: skip
        key = one.key(self.rules)
        with self.ledger.write():
            self.ledger.begin(key, str(today), decision.lane, {"plan": asdict(one)})
            self.ledger.put("open", {"key": key, "plan": asdict(one)})
            self._event(decision.action, f"{decision.lane}: {decision.reason}", today, key, decision.after)
        self._go_on(today)

    def _go_on(self, today: date) -> None:
        """The candidate that is being made, by this loop or by one that was killed."""
        found = self._get("open", None)
        if not found or self.paused:
            return
        one, key = attempt.of_json(found["plan"]), found["key"]
        champion = self.registry.graph(self.registry.version(one.champion)) if one.champion else None
        made = self.attempt.make(one, key, champion, self.registry, self.mlflow)
        if self.paused:  # meanwhile: it is there, and is placed when somebody resumes
            return
        after = policy.tried(self.rules, self.state, today, one.lane, made.number is not None)
        with self.ledger.write():
            self.ledger.put("open", None)
            kind = "refuse" if made.number is None else "canary" if one.lane is not Lane.FIRST else str(Action.PROMOTE)
            self._event(kind, made.reason, today, key, after)
            if made.number is not None:
                self._place(one, key, made)
            self.ledger.end(key, {"refuse": "refused"}.get(kind, kind), made.facts)
        self._settle()

    def _place(self, one: Plan, key: str, made: attempt.Made) -> None:
        """Before some riders; the first before all. Within `Ledger.write`."""
        assert made.number is not None
        self.ledger.put("candidate", {"key": key, "learned": made.facts["learned"]})
        if one.lane is Lane.FIRST:
            self.ledger.put("placing", asdict(Placing(made.number)))
            self.ledger.put("reference", made.facts["reference"])
        else:
            self.ledger.put("placing", asdict(placing.canary(self.placing, made.number, CANARY_SHARE)))

    def _settle(self) -> None:
        table = placing.settle(self.placing, self.registry, self.settings, self.ledger.fence, self.ledger.check)
        if table is not None:
            said = placing.followed(table, self.settings.service)
            with self.ledger.write():
                self.ledger.put("followed", said)

    def _event(self, kind: str, said: str, today: date, key: str, after: State) -> None:
        self.ledger.event(kind, said, str(today), key, {"policy": self.rules.digest()[:12]})
        self.ledger.put("state", asdict(after))

    def _get(self, name: str, otherwise: Any) -> Any:
        found = self.ledger.get(name)
        return otherwise if found is None else found
