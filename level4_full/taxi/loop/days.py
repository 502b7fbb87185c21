"""The days that the loop knows: each is taken in, judged, accepted or set aside, and summed up for the detectors."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

import trips
from taxi import model
from taxi.checks import Reference
from taxi.graph import Scorer
from taxi.loop import quarantine
from taxi.loop.batches import Batches, Bring, Unreadable
from taxi.loop.candidates import Minutes, error
from taxi.loop.ledger import Ledger
from taxi.loop.quarantine import QUARANTINED
from taxi.watch import performance, source
from taxi.watch.days import Day, Groups, summed_up
from taxi.watch.decide import Name
from taxi.watch.limits import Limits
from taxi.watch.source import Seen
from taxi.watch.watcher import Record, judged
from trips import TARGET
from trips.schema import NULL_GROUP

MADE_OF = (
    "lpep_pickup_datetime",
    "lpep_dropoff_datetime",
    "PULocationID",
    "DOLocationID",
    "trip_distance",
    *NULL_GROUP,
)
KEEPS = 75  # days that a detector looks back
FIRST = 35  # days that are taken in when the loop begins
ANSWERED = 0.9  # of the trips
Scored = tuple[pd.DataFrame, dict[str, Minutes], dict[str, Any]]
NOISY = 4  # days within which an alarm is raised
MISSING, PATIENCE = "missing", 3  # days after which a day that did not come is given up


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
        again = str(day) in self._known  # it could not be read, or did not come
        try:
            raw = self.bring(day)
        except Unreadable as torn:
            if again:
                return True
            self._write(day, "", QUARANTINED, {"rows": 0, "mae": {}, "broken": [str(torn)]}, None)
            return True
        if raw is None:
            if (today - day).days > PATIENCE and self._known and not again:
                self._write(day, "", MISSING, {"rows": 0, "mae": {}, "broken": ["it never came"]}, None)
            return bool((today - day).days > PATIENCE)
        sha = self.batches.put(day, raw)
        if gone := [f"column {name} is gone" for name in MADE_OF if name not in raw]:
            self._write(day, sha, QUARANTINED, {"rows": len(raw), "mae": {}, "broken": gone}, None)
            return True
        rejected = quarantine.keep_rows(self._aside, str(day), quarantine.rejected(raw))
        scored, said, facts = self._scored(raw, serving)
        summary = summed_up(day, scored, self._groups)
        record = judged(Seen(day, raw, scored, facts["champion"]), [*self.history(day), summary], self._reference(day),
                        self.limits, self._expected)  # fmt: skip
        fault = record.name in (Name.DATA_FAULT, Name.NO_DATA)
        kept = Day(day, summary.trips) if fault else summary
        beside = {} if fault else self._beside(day, scored, said)
        facts |= {"rows": len(raw), "rejected": rejected, "summary": as_json(kept), "beside": beside,
                  "record": record.line(), "broken": record.reasons if fault else []}  # fmt: skip
        self._write(day, sha, QUARANTINED if fault else quarantine.GOOD, facts, record)
        return True

    def set_aside(self, days: list[str], why: str) -> None:
        """Days that turned out not to be what they claim. Within `Ledger.write`."""
        for day in days:
            quarantine.set_aside(self.ledger, day, [why])
            self._known[day] = self._known[day] | {"verdict": QUARANTINED, "broken": [why]}

    def history(self, day: date) -> list[Day]:
        """The days before, in a row, as the detectors compare with them: nothing of before the champion's window.

        The days of its window have the errors that its recipe makes on days it did not learn from.
        """
        reference = {one["date"]: one for one in self.ledger.get("reference") or []}
        champion, first, found = (self.ledger.get("placing") or {}).get("champion"), min(reference, default=""), []
        for back in range(KEEPS, 0, -1):
            name = str(day - timedelta(days=back))
            known = self._known.get(name, {"verdict": MISSING})
            one = of_json(known["summary"]) if known.get("summary") else Day(day - timedelta(days=back), 0)
            asked = known.get("beside", {}).get(champion)  # it was in the shadow on that day
            if name in reference or asked:
                one = replace(of_json(reference.get(name) or asked), counts=one.counts)
            elif name < first:
                one = Day(one.date, one.trips, counts=one.counts)
            found.append(one)
        return found

    def reference(self, days: list[str], predicted: list[pd.DataFrame]) -> list[dict[str, Any]]:
        """What `history` needs of a model's window. predicted: of `taxi.loop.candidates.shipped`."""
        found = [
            summed_up(date.fromisoformat(day), rows, self._groups) for day, rows in zip(days, predicted, strict=True)
        ]
        return [as_json(one) | {"counts": {}} for one in found]

    def noisy(self, day: date) -> list[str]:
        """The last good days, up to this one, whose own error is above the limit; a holiday may be poisoned, too."""
        days = [*self.history(day), *self.history(day + timedelta(days=1))[-1:]]
        errors = performance.errors_of(days)
        errors[-NOISY:] = [one.relative for one in days[-NOISY:]]
        steps = performance.over(errors)[-NOISY:]
        good = self.good()
        return [str(one.date) for one, step in zip(days[-NOISY:], steps, strict=True)
                if np.isfinite(step) and step > self.limits.error and str(one.date) in good]  # fmt: skip

    def look(self, day: str) -> performance.Finding:
        """What the error of a day says, with all that is known by now."""
        one = self._known.get(day, {})
        today = of_json(one["summary"]) if one.get("summary") else Day(date.fromisoformat(day), 0)
        return performance.look([*self.history(date.fromisoformat(day)), today], self.limits.error)

    def _scored(self, raw: pd.DataFrame, serving: dict[str, Scorer]) -> Scored:
        """The servable trips with what the champion said; what all said; and their errors on kept trips."""
        rows, _ = trips.clean(raw, trips.SERVABLE)
        said = {number: one.predict(model.table(rows)) if len(rows) else np.empty(0) for number, one in serving.items()}
        if "champion" in raw:  # the log knows what riders were told
            names = zip(serving, ("champion", "challenger"), strict=False)
            said |= {number: raw.loc[rows.index, name].to_numpy(float) for number, name in names}
        kept = trips.kept(rows)
        truth = rows.loc[kept, TARGET].to_numpy()
        errors = {number: _error(one[kept], truth) for number, one in said.items()} if kept.any() else {}
        champion = next(iter(serving), "")
        predicted = said.get(champion, np.full(len(rows), np.nan))
        return rows.assign(predicted=predicted), said, {"champion": champion, "mae": errors, "kept": int(kept.sum())}

    def _beside(self, day: date, scored: pd.DataFrame, said: dict[str, Minutes]) -> dict[str, Any]:
        """The day as the second one who was asked would have had it: should it serve again, it is known."""
        others = list(said.items())[1:]
        return {number: as_json(summed_up(day, scored.assign(predicted=minutes), self._groups)) | {"counts": {}}
                for number, minutes in others}  # fmt: skip

    def _reference(self, day: date) -> Reference | None:
        """What zones and distances are usual; learned anew once a week."""
        week = f"{day:%G-%V}"
        if self._usual[0] != week:
            last = dict(list(self.good().items())[-source.WEEKS :])
            seen = [Seen(day, rows, rows, "") for rows in self.clean(last)]
            self._usual = (week, source.usual(seen))
        return self._usual[1]

    def _write(self, day: date, sha: str, verdict: str, facts: dict[str, Any], record: Record | None) -> None:
        name = str(day)
        with self.ledger.write():
            self.ledger.batch(name, sha, verdict, facts)
            if verdict != quarantine.GOOD:
                self.ledger.event("quarantine" if verdict == QUARANTINED else MISSING,
                                  f"{name}: {'; '.join(facts['broken'])}", name)  # fmt: skip
            elif record is not None and record.name is not Name.FINE:
                self.ledger.event(str(record.name), "; ".join(record.reasons), name, facts={"cause": record.cause})
        self._known[name] = {"day": name, "sha256": sha, "verdict": verdict} | facts


def _error(minutes: Minutes, truth: Minutes) -> float:
    """Mean absolute; infinite for a model that left more than one trip in ten without an answer."""
    answered = np.isfinite(minutes)
    return error(minutes[answered], truth[answered]) if answered.mean() >= ANSWERED else float("inf")


def as_json(day: Day) -> dict[str, Any]:
    """A number that is not known is null."""
    known = {name: getattr(day, name) for name in ("trips", "labelled", "mae", "predicted", "level", "scatter")}
    plain = {name: None if value != value else value for name, value in known.items()}
    return plain | {"date": str(day.date), "counts": {name: of.tolist() for name, of in day.counts.items()}}


def of_json(values: dict[str, Any]) -> Day:
    known: dict[str, Any] = {name: float("nan") if value is None else value for name, value in values.items()}
    counts = {name: np.array(of) for name, of in values["counts"].items()}
    return Day(**known | {"date": date.fromisoformat(values["date"]), "counts": counts})
