"""The red stop: a person may halt the loop at any time, and is asked why; so is whoever lets it go on.

A service that has the button imports this: it needs nothing but the ledger.
"""

from dataclasses import asdict, replace
from datetime import date

from taxi import lineage
from taxi.loop.ledger import Ledger
from taxi.loop.state import state_of


def pull(ledger: Ledger, why: str) -> str:
    """Pause, also in the middle of a morning: what was begun is not placed. The loop says so each morning."""
    said = f"paused by {lineage.who()}: {why}"
    with ledger.by_hand():
        ledger.put("paused", said)
        event(ledger, "pause", said)
    return said


def let_go(ledger: Ledger, why: str) -> str:
    """Resume, also where the loop halted itself; the returns that halted it are forgiven.

    Whom a person made champion meanwhile the next morning adopts.
    """
    said = f"resumed by {lineage.who()}: {why}"
    with ledger.lease(), ledger.write():
        ledger.put("paused", "")
        ledger.put("resumed", True)
        state = state_of(ledger.get("state"))
        if state.halted:
            ledger.put("state", asdict(replace(state, halted="", returned=None, returns=())))
        event(ledger, "resume", said)
    return said


def event(ledger: Ledger, kind: str, said: str) -> None:
    """What a person did; it belongs to the last morning that was lived."""
    day = (ledger.get("waits") or {}).get("day") or str(date.today())
    ledger.event(kind, said, day, facts={"who": lineage.who()})
