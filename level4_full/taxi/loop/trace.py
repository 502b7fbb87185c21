"""From one answer back to what made it: every link is a hash or a number that can be looked up, and is."""

from typing import Any

import pandas as pd

from taxi import tracking
from taxi.errors import BadInput, NotReproduced
from taxi.features import COLUMNS, features
from taxi.graph import digest
from taxi.loop.batches import Batches
from taxi.loop.ledger import FILE, Ledger
from taxi.registry import Registry
from taxi.serving import outcomes, shelf
from taxi.serving.source import LOG, SHELF
from taxi.settings import Settings

KEY = "loop.key"
MADE_OF = (
    "git_commit",
    "git_dirty",
    "code_hash",
    "lock_hash",
    "version.python",
    "version.scikit-learn",
    "version.onnxruntime",
)


class Tracer:
    """Of one folder: reads the log once, and each version once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._log = outcomes.joined(settings.serving / LOG).set_index("id")
        self._registry = Registry(tracking.connect(settings))
        book = settings.state / "loop"
        self._ledger = Ledger(book) if (book / FILE).exists() else None
        self._runs = {run["key"]: run for run in self._ledger.runs()} if self._ledger else {}
        self._batches = Batches(book / "batches")
        self._versions: dict[str, dict[str, Any]] = {}

    def requests(self) -> list[str]:
        """Every id that the log knows."""
        return list(self._log.index)

    def number(self, request_id: str) -> str:
        """The version that answered."""
        return str(self._row(request_id)["model_version"])

    def trace(self, request_id: str) -> dict[str, Any]:
        """The whole chain. Raises BadInput for an id that the log lacks, NotReproduced where a link is broken."""
        row = self._row(request_id)
        trip = features([row["pickup_zone"]], [row["dropoff_zone"]], [row["distance_miles"]], [row["pickup_at"]])
        said = row["challenger"] if row["by"] == "challenger" else row["champion"]
        return {
            "request_id": request_id, "at": row["at"].isoformat(), "minutes": said,
            "took": None if pd.isna(row["minutes"]) else row["minutes"],
            "features": dict(zip(COLUMNS, map(float, trip[0]), strict=True)), "features sha256": digest(trip.tobytes()),
            "variant": row["variant"], "answered by": row["by"],
            "experiment": None if pd.isna(row["experiment_id"]) else row["experiment_id"],
            **self.version(str(row["model_version"])),
        }  # fmt: skip

    def version(self, number: str) -> dict[str, Any]:
        """What is known of a version, every hash looked at."""
        if number not in self._versions:
            self._versions[number] = self._looked_up(number)
        return self._versions[number]

    def _row(self, request_id: str) -> Any:
        if request_id not in self._log.index:
            raise BadInput(
                f"the log has no answer {request_id!r}: it is of another service, or its segment was dropped"
            )
        return self._log.loc[request_id]

    def _looked_up(self, number: str) -> dict[str, Any]:
        one = self._registry.version(number)
        sha = digest(self._registry.graph(one))  # raises where it is not the file on record
        if digest(shelf.get(self._settings.serving / SHELF, sha)) != sha:
            raise NotReproduced(f"version {number} on the shelf is another file. Route again: python route.py")
        found = {"version": number, "model sha256": sha, "run": one.run_id,
                 "made of": {name: one.tags.get(name, "unknown") for name in MADE_OF},
                 "parameters": dict(one.params), "actor": one.tags.get("who", "unknown")}  # fmt: skip
        run = self._runs.get(one.tags.get(KEY, ""))
        data = {name.removeprefix("data."): tag for name, tag in one.tags.items() if name.startswith("data.")}
        if run is None:  # made by hand, or by deploy.py
            return found | {"data": data}
        learned = run["facts"]["learned"]
        for day, recorded in learned.items():
            self._batches.raw(day, recorded)  # raises where it is not the file on record
        events = [f"{event['day']} {event['kind']}: {event['said']}" for event in (self._events(run["key"]))]
        return found | {"policy": one.tags["policy"], "loop run": run["key"], "data": data, "days": learned,
                        "gate": run["facts"]["gate"], "gains": run["facts"]["gains"], "decided": events}  # fmt: skip

    def _events(self, key: str) -> list[dict[str, Any]]:
        return self._ledger.events(key) if self._ledger else []

    def again(self, number: str) -> tuple[dict[str, str], Batches]:
        """The days that a version of the loop learned from, and where they are. Raises BadInput for any other."""
        days = self.version(number).get("days")
        if days is None:
            raise BadInput(f"version {number} was made by hand: its months are on record")
        return days, self._batches
