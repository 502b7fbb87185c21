"""The days that the loop knows: each is taken in, judged, accepted or set aside, and summed up for the detectors."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from taxi.checks import Reference
from taxi.graph import Scorer
from taxi.loop import history, quarantine
from taxi.loop.batches import DROPOFF, Batches, Bring, Unreadable
from taxi.loop.ledger import Ledger
from taxi.loop.quarantine import GOOD, MISSING, QUARANTINED
from taxi.loop.scored import Scored, score
from taxi.watch import performance, source
from taxi.watch.days import Day, Groups, summed_up
from taxi.watch.decide import Name
from taxi.watch.limits import Limits
from taxi.watch.source import LOG_NAMES, Seen
from taxi.watch.watcher import judged
from trips.schema import NULL_GROUP

MADE_OF = (*LOG_NAMES.values(), DROPOFF, *NULL_GROUP)  # without one of these there are no trips
FIRST = 35  # days that are taken in when the loop begins
PATIENCE = 3  # days after which a day that did not come is given up


class Days:
    """One loop's days. seen_as: the source's kind, for the columns that must be there."""

    def __init__(self, ledger: Ledger, folder: Path, bring: Bring, limits: Limits, boroughs: npt.NDArray[np.str_],
                 seen_as: str) -> None:  # fmt: skip
        self.ledger, self.bring, self.limits = ledger, bring, limits
        self.batches, self._aside = Batches(folder / "batches"), folder / "quarantine"
        numbers = np.unique(boroughs, return_inverse=True)[1].astype(np.int64)
        self._groups = Groups(numbers, np.array(limits.edges), np.array(limits.zones))
        self._expected = source.expected(seen_as)
        self._usual: tuple[str, Reference | None] = ("", None)
        self._known: dict[str, dict[str, Any]] = {}
        self.read()

    def read(self) -> None:
        """What is on record now: another loop may have written since."""
        self._known = {one["day"]: one for one in self.ledger.batches()}

    def due(self, today: date) -> list[date]:
        """The days before today that were not taken in yet; those that could not be read are tried again."""
        last = max(self._known, default=None)
        first = date.fromisoformat(last) + timedelta(days=1) if last else today - timedelta(days=FIRST)
        since = str(today - timedelta(days=FIRST))
        again = [day for day, one in self._known.items() if not one["sha256"] and day >= since]
        days = [first + timedelta(days=ahead) for ahead in range((today - first).days)]
        return [*map(date.fromisoformat, sorted(again)), *days]

    def good(self) -> dict[str, str]:
        """The days that may be learned from and judged on, in order: day -> sha256 of its file."""
        return {day: one["sha256"] for day, one in sorted(self._known.items())
                if one["verdict"] not in (QUARANTINED, MISSING)}  # fmt: skip

    def known(self, day: str) -> dict[str, Any]:
        """What is on record of a day."""
        return self._known[day]

    def clean(self, days: dict[str, str]) -> list[pd.DataFrame]:
        return [self.batches.clean(day, sha) for day, sha in days.items()]

    def take_in(self, day: date, today: date, serving: dict[str, Scorer]) -> bool:
        """Judge a day and write it down; False when it has not come. serving: number -> model, the champion first."""
        try:
            raw = self.bring(day)
        except Unreadable as torn:
            return self._refuse(day, "", QUARANTINED, [str(torn)])
        if raw is None:
            late = (today - day).days > PATIENCE
            return late and (not self._known or self._refuse(day, "", MISSING, ["it never came"]))
        sha = self.batches.put(day, raw)
        if gone := [f"column {name} is gone" for name in MADE_OF if name not in raw]:
            return self._refuse(day, sha, QUARANTINED, gone)
        self._judge(day, sha, raw, score(raw, serving))
        return True

    def set_aside(self, days: list[str], why: str) -> None:
        """Days that turned out not to be what they claim. Within `Ledger.write`."""
        for day in days:
            quarantine.set_aside(self.ledger, day, [why])
            self._known[day] = self._known[day] | {"verdict": QUARANTINED, "broken": [why]}

    def history(self, day: date) -> list[Day]:
        """The days before, as the detectors compare with them: see `taxi.loop.history.before`."""
        champion = (self.ledger.get("placing") or {}).get("champion")
        return history.before(day, self._known, self.ledger.get("reference") or [], champion)

    def reference(self, days: list[str], predicted: list[pd.DataFrame]) -> list[dict[str, Any]]:
        """What `history` needs of a model's window. predicted: of `taxi.loop.candidates.shipped`."""
        return [self._summary(date.fromisoformat(day), rows) for day, rows in zip(days, predicted, strict=True)]

    def look(self, day: date) -> performance.Finding:
        """What the error of a day says, with all that is known by now."""
        return performance.look([*self.history(day), history.as_it_was(day, self._known)], self.limits.error)

    def noisy(self, day: date) -> list[str]:
        """The last good days, up to this one, whose own error is above the limit."""
        good, days = self.good(), self.history(day + timedelta(days=1))
        return [one for one in history.noisy(days, self.limits.error) if one in good]

    def _judge(self, day: date, sha: str, raw: pd.DataFrame, scored: Scored) -> None:
        """Rules of the rows, drift, error: what the day is called, and whether it may be learned from."""
        rejected = quarantine.keep_rows(self._aside, str(day), quarantine.rejected(raw))
        rows = scored.predicted(scored.champion)
        whole = summed_up(day, rows, self._groups)
        seen = Seen(day, raw, rows, scored.champion)
        record = judged(seen, [*self.history(day), whole], self._reference(day), self.limits, self._expected)
        fault = record.name in (Name.DATA_FAULT, Name.NO_DATA)
        others = [] if fault else list(scored.said)[1:]  # should they serve again, it is known how they would have done
        facts = {"champion": scored.champion, "mae": scored.mae, "kept": scored.kept, "rows": len(raw),
                 "rejected": rejected, "summary": history.as_json(Day(day, whole.trips) if fault else whole),
                 "beside": {one: self._summary(day, scored.predicted(one)) for one in others},
                 "record": record.line(), "broken": record.reasons if fault else []}  # fmt: skip
        with self.ledger.write():
            self._write(day, sha, QUARANTINED if fault else GOOD, facts)
            if not fault and record.name is not Name.FINE:
                said = "; ".join(record.reasons)
                self.ledger.event(str(record.name), said, str(day), facts={"cause": record.cause})

    def _refuse(self, day: date, sha: str, verdict: str, why: list[str]) -> bool:
        """A day of which nothing can be judged; said once, however often it is looked at."""
        if self._known.get(str(day), {}).get("broken") != why:
            with self.ledger.write():
                self._write(day, sha, verdict, {"rows": 0, "champion": "", "mae": {}, "broken": why})
        return True

    def _write(self, day: date, sha: str, verdict: str, facts: dict[str, Any]) -> None:
        """Within `Ledger.write`."""
        name = str(day)
        self.ledger.batch(name, sha, verdict, facts)
        if verdict != GOOD:
            kind = "quarantine" if verdict == QUARANTINED else verdict
            self.ledger.event(kind, f"{name}: {'; '.join(facts['broken'])}", name)
        self._known[name] = facts | {"day": name, "sha256": sha, "verdict": verdict}

    def _summary(self, day: date, rows: pd.DataFrame) -> dict[str, Any]:
        return history.as_json(summed_up(day, rows, self._groups)) | {"counts": {}}

    def _reference(self, day: date) -> Reference | None:
        """What zones and distances are usual; learned anew once a week."""
        week = f"{day:%G-%V}"
        if self._usual[0] != week:
            last = dict(list(self.good().items())[-source.WEEKS :])
            seen = [Seen(day, rows, rows, "") for rows in self.clean(last)]
            self._usual = (week, source.usual(seen))
        return self._usual[1]
