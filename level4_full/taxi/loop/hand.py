"""From hand to hand: what the loop tells a person, and what he takes back from it."""

from dataclasses import asdict, replace
from pathlib import Path

from taxi import lineage
from taxi.loop import brake, placing
from taxi.loop.memory import Memory
from taxi.loop.state import Phase
from taxi.watch import alerts


def back(memory: Memory, why: str) -> str:
    """The one before serves again; it is on record who wanted it. Under a lease; registry and routes follow after."""
    now = placing.returned(memory.placing)
    said = f"version {now.champion} serves again, by {lineage.who()}: {why}"
    with memory.ledger.write():
        memory.place(now)
        memory.compare_as_before()
        memory.ledger.put("state", asdict(replace(memory.state, phase=Phase.SERVING, since=None)))
        brake.event(memory.ledger, "back", said)
    return said


def tell(folder: Path, day: str, said: str, webhook: str | None) -> None:
    """A person, once a day: in a file, and where a webhook is named, there."""
    known = {"name": "the loop", "day": day, "reasons": [said], "runbook": "README.md#runbook-model-decay"}
    for line in alerts.tell(folder, [known], webhook):
        print(line)
