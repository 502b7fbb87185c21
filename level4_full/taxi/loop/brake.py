"""The red stop: a person may halt the loop at any time, and is asked why; so is whoever lets it go on."""

from dataclasses import asdict, replace

from taxi import lineage
from taxi.loop.ledger import Ledger
from taxi.loop.policy import state_of


def pull(ledger: Ledger, why: str) -> str:
    """Pause, also in the middle of a morning: what was begun is not placed. The loop says so each morning."""
    said = f"paused by {lineage.who()}: {why}"
    with ledger.by_hand():
        ledger.put("paused", said)
        ledger.event("pause", said, day_of(ledger), facts={"who": lineage.who()})
    return said


def let_go(ledger: Ledger, why: str) -> str:
    """Resume, also where the loop halted itself; the returns that halted it are forgiven."""
    said = f"resumed by {lineage.who()}: {why}"
    with ledger.lease(), ledger.write():
        ledger.put("paused", "")
        state = state_of(ledger.get("state"))
        if state.halted:
            ledger.put("state", asdict(replace(state, halted="", returns=())))
        ledger.event("resume", said, day_of(ledger), facts={"who": lineage.who()})
    return said


def day_of(ledger: Ledger) -> str:
    """The last morning that was lived: what a person does belongs to it."""
    return str((ledger.get("waits") or {}).get("day", ""))
