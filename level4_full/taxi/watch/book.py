"""What the monitor writes: a line of JSON a day, figures for Prometheus, and an alert where somebody should look."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from taxi.errors import BadInput
from taxi.watch.decide import Name
from taxi.watch.watcher import Record

VERDICTS, FIGURES, ALERTS = "verdicts.jsonl", "monitor.prom", "alerts.jsonl"
COOL_DAYS = 7  # an incident of the same name is the same one while it comes back within a week
RUNBOOK: dict[str, str] = {Name.DATA_FAULT: "data-fault", Name.MODEL_DECAY: "model-decay",
                           Name.COVARIATE_SHIFT: "covariate-shift", Name.NO_DATA: "nothing-judged"}  # fmt: skip


def write(folder: Path, records: Sequence[Record]) -> None:
    """Append the days; a day that is judged again counts as it was judged last."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / VERDICTS).open("a", encoding="utf-8") as file:
        for record in records:
            file.write(json.dumps(record.line()) + "\n")


def read(folder: Path) -> list[dict[str, Any]]:
    """Days in order, each once. Torn lines are left out. Raises BadInput where nothing was written yet."""
    found: dict[str, dict[str, Any]] = {}
    try:
        text = (folder / VERDICTS).read_text(encoding="utf-8")
    except OSError:
        raise BadInput(f"nothing was judged yet in {folder}. Judge: python monitor.py --day 2021-03-15") from None
    for line in text.splitlines():
        try:
            one = json.loads(line)
            found[one["day"]] = one
        except (ValueError, KeyError, TypeError):
            continue
    return [found[day] for day in sorted(found)]


class Figures:
    """Gauges of the last day, limits beside scores: for a file, or for Prometheus to ask."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._one = {name: Gauge(f"monitor_{name}", text, registry=self.registry) for name, text in {
            "heartbeat_timestamp_seconds": "When it last looked", "day_timestamp_seconds": "The last day judged",
            "error_level": "Smoothed excess of the relative error", "error_limit": "Where an alarm begins",
            "mae_minutes": "Mean absolute error of the day", "label_lag_seconds": "Since the last day with outcomes",
            "model_age_days": "Since the model answers",
        }.items()}  # fmt: skip
        self._of = {name: Gauge(f"monitor_{name}", text, [label], registry=self.registry) for name, text, label in (
            ("drift_score", "Stability index of the day", "column"), ("drift_limit", "Where it counts", "column"),
            ("quality_broken", "1 for a rule that is broken", "rule"), ("verdict", "1 for the one that holds", "name"),
        )}  # fmt: skip

    def show(self, lines: Sequence[dict[str, Any]]) -> None:
        """The last of these days, as `read` gives them."""
        last, day = lines[-1], pd.Timestamp(lines[-1]["day"])
        labelled = [pd.Timestamp(one["day"]) for one in lines if one["labelled"]]
        same = [pd.Timestamp(one["day"]) for one in lines if one["model"] == last["model"]]
        values = {"heartbeat_timestamp_seconds": time.time(), "day_timestamp_seconds": day.timestamp(),
                  "label_lag_seconds": (day - max(labelled)).total_seconds() if labelled else None,
                  "model_age_days": (day - min(same)).days, "mae_minutes": last["mae"],
                  "error_level": last["error_level"], "error_limit": last["error_limit"]}  # fmt: skip
        for name, value in values.items():
            self._one[name].set(float("nan") if value is None else value)
        for name in self._of:
            self._of[name].clear()
        for column, score in last["drift"].items():
            self._of["drift_score"].labels(column).set(float("nan") if score is None else score)
            self._of["drift_limit"].labels(column).set(last["drift_limit"][column])
        for rule in last["broken"]:
            self._of["quality_broken"].labels(rule).set(1)
        for one in Name:
            self._of["verdict"].labels(one.replace(" ", "_")).set(one == last["name"])

    def save(self, folder: Path) -> None:
        """Beside and renamed."""
        write_to_textfile(str(folder / FIGURES), self.registry)


def alerts(lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The incidents that these days hold: a name's first day, and the days that it came back within a week."""
    opened: dict[str, dict[str, Any]] = {}
    found = []
    for one in lines:
        if one["name"] not in RUNBOOK:
            continue
        day, before = pd.Timestamp(one["day"]), opened.get(one["name"])
        if before is None or (day - pd.Timestamp(before["until"])).days > COOL_DAYS:
            kept = {key: one[key] for key in ("name", "day", "reasons", "to_do", "cause", "model")}
            before = kept | {"days": 0, "runbook": f"README.md#runbook-{RUNBOOK[one['name']]}"}
            opened[one["name"]] = before
            found.append(before)
        before |= {"until": one["day"], "days": before["days"] + 1}
    return found


def markdown(lines: Sequence[dict[str, Any]]) -> str:
    """The incidents, the newest first, for a person or for an issue."""
    rows = [f"| {one['day']} | {one['days']} | {one['name']} {one['cause']} | {'; '.join(one['reasons'])} "
            f"| {one['to_do']} |" for one in reversed(alerts(lines))]  # fmt: skip
    head = f"## {lines[-1]['day']}: {lines[-1]['name']}"
    table = ["| since | days | name | why | to do |", "|---|---|---|---|---|", *rows]
    return "\n".join([head, "", *(table if rows else ["No incident so far."])])
