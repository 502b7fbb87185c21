"""What the loop keeps between two mornings, each thing under its name in the ledger; changed within `write`."""

from dataclasses import asdict
from datetime import date
from typing import Any

from taxi.loop.ledger import Ledger
from taxi.loop.placing import Placing
from taxi.loop.state import Action, State, state_of

BECAME = {Action.STOP: "stopped", Action.PROMOTE: "promoted", Action.RETURN: "returned", Action.CONFIRM: "confirmed"}


class Memory:
    """Over a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    @property
    def state(self) -> State:
        return state_of(self.ledger.get("state"))

    @property
    def placing(self) -> Placing:
        """Who is to serve."""
        return Placing(**self.ledger.get("placing") or {})

    @property
    def paused(self) -> str:
        """By whom and why; empty where it goes on."""
        return str(self.ledger.get("paused") or "")

    @property
    def last(self) -> str:
        """The last morning that was lived to its end; empty before the first."""
        return str((self.ledger.get("waits") or {}).get("day", ""))

    @property
    def candidate(self) -> dict[str, Any]:
        """Of the canary, or whoever is on probation: key, and learned, day -> sha256. Empty for nobody."""
        return self.ledger.get("candidate") or {}

    @property
    def open(self) -> dict[str, Any] | None:
        """The candidate that is being made: key, plan."""
        found: dict[str, Any] | None = self.ledger.get("open")
        return found

    def place(self, now: Placing, candidate: dict[str, Any] | None = None) -> None:
        """Who is to serve from now on, and whose days are to be looked at."""
        self.ledger.put("placing", asdict(now))
        self.ledger.put("candidate", candidate or {})

    def compare_with(self, reference: list[dict[str, Any]]) -> None:
        """The errors that are usual for who serves now."""
        self.ledger.put("reference before", self.ledger.get("reference") or [])
        self.ledger.put("reference", reference)

    def compare_as_before(self) -> None:
        """Who served before serves again."""
        self.ledger.put("reference", self.ledger.get("reference before") or [])

    def decided(self, kind: str, said: str, today: date, key: str, after: State, policy: str) -> None:
        """One event, and the state after it. policy: who acted."""
        self.ledger.event(kind, said, str(today), key, {"policy": policy[:12]})
        self.ledger.put("state", asdict(after))

    def became(self, key: str, action: Action) -> None:
        """What became of a run, and with whose errors the next days are compared."""
        run = next(one for one in self.ledger.runs() if one["key"] == key)
        self.ledger.end(key, BECAME[action], run["facts"])
        if action is Action.PROMOTE:
            self.compare_with(run["facts"]["reference"])
        if action is Action.RETURN:
            self.compare_as_before()
