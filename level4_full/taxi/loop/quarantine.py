"""What is not learned from, and why: rows that break a rule, and days on which a rule of the data is broken.

Nothing is thrown away: a day's file stays as it came, its rejected rows lie beside it with the name of the rule, and
a day that was set aside comes back by a record with a name and a reason.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import trips
from taxi import lineage
from taxi.errors import BadInput
from taxi.files import write
from taxi.loop.ledger import Ledger

GOOD, QUARANTINED, RELEASED, MISSING = "good", "quarantined", "released", "missing"
RULE = "rule"


def rejected(raw: pd.DataFrame) -> pd.DataFrame:
    """The rows that no model may learn from, each with the first rule that it breaks."""
    rows = trips.as_trips(raw)
    rule = np.full(len(rows), "", dtype=object)
    for name, holds in trips.KEPT_AND_SERVABLE.items():
        rule[(rule == "") & ~np.asarray(holds(rows))] = name
    return raw.assign(**{RULE: rule})[rule != ""]


def keep_rows(folder: Path, day: str, rows: pd.DataFrame) -> dict[str, int]:
    """Beside the accepted ones: quarantine/DAY.parquet; how many by rule."""
    if len(rows):
        folder.mkdir(parents=True, exist_ok=True)
        write(rows.reset_index(drop=True), folder / f"{day}.parquet")
    return {str(name): int(count) for name, count in rows[RULE].value_counts().items()}


def set_aside(ledger: Ledger, day: str, why: list[str]) -> None:
    """A day that was accepted, and turns out not to be what it claims. Within `Ledger.write`."""
    facts = _facts(ledger, day)
    del facts["verdict"]
    ledger.batch(day, facts.pop("sha256"), QUARANTINED, facts | {"broken": why})
    ledger.event("quarantine", f"{day}: {'; '.join(why)}", day)


def release(ledger: Ledger, day: str, why: str) -> None:
    """A person takes a day out of quarantine: who and why is on record. Raises BadInput for a day that is not in it."""
    if not why.strip():
        raise BadInput("say why: python loop.py release 2021-03-15 --why 'the meter was right'")
    with ledger.lease(), ledger.write():
        facts = _facts(ledger, day)
        if facts.pop("verdict") != QUARANTINED:
            raise BadInput(f"{day} is in no quarantine. See what is: python loop.py status")
        if not facts["sha256"] or not facts.get("kept"):
            raise BadInput(f"{day} cannot be read, or lacks a column: nothing can be learned from it. Deliver it again")
        ledger.batch(day, facts.pop("sha256"), RELEASED, facts)
        ledger.event("release", f"{day} is released by {lineage.who()}: {why}", day, facts={"who": lineage.who()})


def _facts(ledger: Ledger, day: str) -> dict[str, Any]:
    found = [one for one in ledger.batches() if one["day"] == day]
    if not found:
        raise BadInput(f"{day} was never taken in. See what was: python loop.py status")
    return {name: value for name, value in found[0].items() if name != "day"}
