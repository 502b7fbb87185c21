"""How level 4 lives: every morning loop.py's turn, and nobody in it. Somebody looks after it for an hour a month.

Beside it the same loop with something taken away: its checks, its contract alone, its short windows, its fresh labels.
"""

import inspect
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from yardstick import lives
from yardstick.fits import Memo
from yardstick.life import Life
from yardstick.office import is_first_working_day

DID = {"open the lane": "alarm", "try a candidate": "train", "refuse": "refuse", "stop the canary": "refuse",
       "return to the one before": "return", "tell a person": "tell"}  # fmt: skip


def looped(life: Life, contract: bool = True, late: int = 0, **rules: Any) -> None:
    """A turn every morning. contract: or nothing is too bad to learn from. late: days that labels take longer."""
    loop, serving, told = begun(life, contract, rules), None, 0
    for morning in life.mornings():
        if is_first_working_day(morning):
            life.did("look", "the control room", "look after the loop")
        turn = morning - timedelta(days=late)  # what it knows on that morning
        if morning == life.year.first or turn > life.year.first:
            loop.once(max(turn, life.year.first))
        events = loop.ledger.events()
        for one in events[told:]:
            if one["kind"] in DID:
                life.did(DID[one["kind"]], one["said"])
        told, champion = len(events), loop.memory.placing.champion
        if champion != serving:
            life.serve(f"version {champion}", answers(loop, champion))
            serving = champion
    life.fits = len(loop.ledger.runs())


def begun(life: Life, contract: bool, rules: dict[str, Any]) -> Any:
    """The loop of loop.py, in a folder of its own."""
    from taxi import model
    from taxi.loop.candidates import here
    from taxi.loop.turn import POLICY, Loop
    from taxi.settings import Settings
    from taxi.watch import hindsight, limits

    settings, where = Settings(state=life.folder / "var"), life.year.source
    found = hindsight.limits_of(life.common / "limits.json", where, life.year.seed, hindsight.CALM[where])
    if not contract:  # no day breaks them; those of the error stay: it still says when to learn
        found = replace(found, quality=dict.fromkeys(found.quality, 9.0))
    limits.save(found, settings.state / "monitor" / "limits.json")
    fit = Memo(here, life.common.parent / "fits", inspect.getsource(model))
    return Loop(settings, where, life.year.seed, replace(POLICY, **rules), fit)


def answers(loop: Any, champion: str) -> Any:
    from taxi import model

    scorer = loop.registry.load(loop.registry.version(champion)).model
    return lambda rows: scorer.predict(model.table(rows))


UNCHECKED: dict[str, Any] = {"canary_gain": -9.0, "probation_gain": -9.0, "probation_last": -9.0}  # nothing is so bad
LIVES = {
    "level 4": lives.Way(looped, waits=False),
    "level 4, unchecked": lives.Way(partial(looped, contract=False, **UNCHECKED), waits=False),
    "level 4, no contract": lives.Way(partial(looped, contract=False), waits=False),
    "level 4, 28 days": lives.Way(partial(looped, alarm_windows=(28,)), waits=False),
    "level 4, labels 60 days late": lives.Way(partial(looped, late=59), waits=False),  # beside the usual day
}

if __name__ == "__main__":
    lives.main(LIVES)
