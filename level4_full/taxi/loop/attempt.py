"""One candidate, from days to the registry: each step is done once a key, whoever is killed in between."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from taxi import export, lineage, model, slices, store, tracking
from taxi.data import Months
from taxi.errors import OutsideParity
from taxi.graph import Scorer, digest
from taxi.loop import candidates
from taxi.loop.candidates import Fit, Walk
from taxi.loop.days import Days
from taxi.loop.ledger import Ledger
from taxi.loop.policy import best
from taxi.loop.state import Decision, Lane, Policy
from taxi.registry import Registry
from taxi.trial import gate
from trips import TARGET

WALKED, SHIPPED, TRAINED, KEY = "walked.onnx", "model.onnx", "trained.json", "loop.key"


@dataclass(frozen=True)
class Plan:
    """What is to be made. days: day -> sha256 of its file, the last `holdout` judged. champion: None for the first."""

    day: str
    lane: Lane
    windows: tuple[int, ...]
    holdout: int
    days: dict[str, str]
    champion: str | None
    why: str

    def key(self, policy: Policy) -> str:
        """The same days, code, parameters and policy: the same key, and so the same run."""
        made = {"lane": self.lane, "windows": self.windows, "holdout": self.holdout, "days": self.days,
                "champion": self.champion, "code": lineage.code_hash(), "policy": policy.digest()}  # fmt: skip
        return sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()


def plan(day: date, wanted: Decision, good: Mapping[str, str], champion: str | None) -> Plan:
    """Of the newest good days. wanted: a decision to try a candidate."""
    days = dict(list(good.items())[-(max(wanted.windows) + wanted.holdout) :])
    lane = Lane(wanted.lane or Lane.CALM)
    return Plan(str(day), lane, wanted.windows, wanted.holdout, days, champion, wanted.reason)


def of_json(values: dict[str, Any]) -> Plan:
    return Plan(**values | {"lane": Lane(values["lane"]), "windows": tuple(values["windows"])})


@dataclass(frozen=True)
class Made:
    """How it ended. number: of the registry, None for a refusal. facts: for the run's record."""

    number: str | None
    reason: str
    facts: dict[str, Any]


class Attempt:
    """The steps of one plan."""

    def __init__(self, ledger: Ledger, folder: Path, days: Days, policy: Policy, fit: Fit,
                 boroughs: npt.NDArray[np.str_], where: str) -> None:  # fmt: skip
        self.ledger, self.folder, self.days = ledger, folder / "runs", days
        self.policy, self.fit, self.boroughs, self.where = policy, fit, boroughs, where

    def make(self, one: Plan, key: str, champion: bytes | None, registry: Registry, mlflow: Any) -> Made:
        """Train, gate, register; refused where the days or the gate say so. key: as it was when the run began."""
        place = self.folder / key[:16]
        trained = self.ledger.once(key, "train", lambda: self._train(one, champion, place), lambda: read(place))
        facts = {"plan": asdict(one), **trained}
        if trained["window"] is None:
            return Made(None, f"refused by the days: {trained['said']}", facts)
        rows = self.ledger.once(key, "gate", lambda: self._gate(one, trained, champion, place), lambda: None)
        facts["gate"] = rows
        failed = [row for row in rows if not row["passed"] and refuses(one.lane, row["check"])]
        if failed:
            said = "; ".join(f"{row['check']}: {row['said']}, not {row['limit']}" for row in failed)
            return Made(None, f"refused by the gate: {said}", facts)
        number = self.ledger.once(key, "register", lambda: self._register(one, key, facts, place, registry, mlflow),
                                  lambda: registered(registry, mlflow, key))  # fmt: skip
        return Made(number, f"version {number}, {trained['window']} days: {trained['said']}", facts)

    def _train(self, one: Plan, champion: bytes | None, place: Path) -> dict[str, Any]:
        """Walk forward; then the best window's recipe again, with the newest days."""
        days = self.days.clean(one.days)
        walked = candidates.walk(days, one.windows, one.holdout, Scorer(champion) if champion else None, self.fit)
        window, said = best(self.policy, one.lane, walked.gains)
        found: dict[str, Any] = {"window": window, "said": said, "gains": walked.gains}
        try:
            found |= self._shipped(one, window, days, walked, place) if window is not None else {}
        except OutsideParity as error:
            found |= {"window": None, "said": str(error)}
        store.save(json.dumps(found).encode(), place / TRAINED)
        return read(place) or found

    def _shipped(self, one: Plan, window: int, days: list[pd.DataFrame], walked: Walk, place: Path) -> dict[str, Any]:
        """The window's recipe again, with the newest days. Raises OutsideParity where a graph is not its pipeline."""
        judged = candidates.joined(days[-one.holdout :])
        size = len(days) if one.lane is Lane.FIRST else window
        learned = dict(list(one.days.items())[-size:])
        shipped, usual = candidates.shipped(days[-size:], self.fit)
        recipe, rows = walked.models[window], model.table(judged)
        predicted = recipe.predict(rows)
        for name, fitted in ((WALKED, recipe), (SHIPPED, shipped)):
            graph = export.to_onnx(fitted)
            export.check_parity(graph, rows, fitted.predict(rows))
            store.save(graph, place / name)
        metrics = model.score(predicted, judged[TARGET].to_numpy())
        metrics |= slices.rmse_by_slice(predicted, judged, self.boroughs)
        return {"learned": learned, "reference": self.days.reference(list(learned), usual),
                "sha256": digest((place / SHIPPED).read_bytes()), "metrics": metrics}  # fmt: skip

    def _gate(self, one: Plan, trained: dict[str, Any], champion: bytes | None, place: Path) -> list[dict[str, Any]]:
        """Level 3's gate: the recipe on the days it has not seen; the file that is shipped, as a file."""
        days = self.days.clean(one.days)
        learned = candidates.joined(days[: -one.holdout][-trained["window"] :])
        judged = candidates.joined(days[-one.holdout :])
        months = Months(self.where, {"learned": learned, "judged": judged}, self.boroughs)
        recipe = gate.Candidate((place / WALKED).read_bytes(), trained["metrics"]["rmse"])
        shipped = Scorer((place / SHIPPED).read_bytes()).predict(model.table(judged))
        finite = bool(np.isfinite(shipped).all())
        rows = [*gate.report(recipe, champion, months), gate.Row("what is shipped answers", "yes" if finite else "no",
                                                                 "a number for every trip", finite)]  # fmt: skip
        return [asdict(row) for row in rows]

    def _register(
        self, one: Plan, key: str, facts: dict[str, Any], place: Path, registry: Registry, mlflow: Any
    ) -> str:
        """A run and a version under the key; a run that a kill left half done is closed as what it is."""
        tracking.close_open(mlflow, KEY, key)
        learned = facts["learned"]
        first, last = min(learned), max(learned)
        parameters = {"train": f"{first}..{last}", "valid": one.day, "source": self.where, "seed": 0, "checked": True,
                      "lane": one.lane, "window": facts["window"]}  # fmt: skip
        actor = f"loop@{self.policy.digest()[:12]}"
        tags = {**lineage.everything(), KEY: key, "who": actor, "policy": self.policy.digest()}
        with tracking.run(mlflow, f"loop {one.day}", parameters, tags) as run_id:
            content = lineage.data_hash(candidates.joined(self.days.clean(learned)))
            tracking.log_content(mlflow, parameters["train"], self.where, content, "training")
            mlflow.log_metrics(facts["metrics"])
            mlflow.log_dict({"learned": learned, "gate": facts["gate"], "gains": facts["gains"]}, "loop.json")
            graph = (place / SHIPPED).read_bytes()
            return registry.register(graph, run_id, {"learner": model.LEARNER, KEY: key})


def registered(registry: Registry, mlflow: Any, key: str) -> str | None:
    """The version under the key, its run ended, which a kill between the two left open; None where there is none."""
    number = registry.tagged(KEY, key)
    if number is not None:
        tracking.close_open(mlflow, KEY, key, "FINISHED")
    return number


def refuses(lane: Lane, check: str) -> bool:
    """Whether a failed check keeps a candidate out. The first one may be biased: no answer at all is worse."""
    return lane is not Lane.FIRST or not check.startswith("bias in ")


def read(place: Path) -> dict[str, Any] | None:
    """What a training left here; None for nothing, or for one that was killed."""
    try:
        found: dict[str, Any] = json.loads((place / TRAINED).read_text(encoding="utf-8"))
    except OSError:
        return None
    return found
