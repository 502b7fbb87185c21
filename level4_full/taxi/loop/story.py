"""A year that was lived, told: a table, a count of what was decided, a picture."""

import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from taxi import store
from taxi.watch.page import BLUE, GREY, ORANGE

FIRST = 60  # days of a shock
COLOURS = {"loop": BLUE, "never": "#444444", "every 30 days": "#b58a3a", "every 7 days": "#6b4c9a", "oracle": GREY}
MARKS = {"open the lane": ORANGE, "promote": BLUE, "return to the one before": "#c0392b"}
COUNTED = ("open the lane", "try a candidate", "refuse", "canary", "stop the canary", "promote",
           "return to the one before", "confirm", "tell a person", "quarantine")  # fmt: skip


def table(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """A row a life: mean absolute error in minutes of the first 60 days and of all, and what it closes of the gap.

    The gap is between never and the oracle, in percent; a day that was not scored for one is left out for all.
    """
    errors = pd.DataFrame({name: life["errors"] for name, life in facts["lives"].items()})
    counts = np.array(facts["trips"], float)
    errors[errors.isna().any(axis=1)] = np.nan
    counts[errors.isna().any(axis=1)] = np.nan
    spans = {"first 60 days": slice(0, FIRST), "all": slice(None)}
    mae = {span: errors[part].sum() / np.nansum(counts[part]) for span, part in spans.items()}
    rows = []
    for name, life in facts["lives"].items():
        row: dict[str, Any] = {"life": name, "fits": life["fits"]}
        for span, of in mae.items():
            row[span] = round(float(of[name]), 3)
            if "oracle" in of:
                row[f"closed, {span}"] = round(100 * float((of["never"] - of[name]) / (of["never"] - of["oracle"])), 1)
        rows.append(row)
    return rows


def markdown(rows: Sequence[dict[str, Any]]) -> str:
    names = list(rows[0])
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    return "\n".join([*lines, *("| " + " | ".join(str(row[name]) for name in names) + " |" for row in rows)])


def counted(events: Sequence[dict[str, Any]]) -> str:
    """How often each was decided."""
    found = Counter(one["kind"] for one in events)
    return ", ".join(f"{found[kind]} {kind}" for kind in COUNTED if found[kind])


def weekly(facts: dict[str, Any], name: str) -> "pd.Series[float]":
    """Mean absolute error of seven days, by the last of them; minutes."""
    days = pd.to_datetime(facts["days"])
    errors = pd.Series(facts["lives"][name]["errors"], days).rolling(7, min_periods=3).sum()
    return errors / pd.Series(facts["trips"], days).rolling(7, min_periods=3).sum()


def draw(facts: dict[str, Any], events: Sequence[dict[str, Any]], path: Path) -> None:
    """Weekly errors of all lives, and below what the loop decided."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 5), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[5, 1])
    for name in reversed(list(facts["lives"])):
        above.plot(weekly(facts, name), color=COLOURS.get(name, GREY), lw=2 if name == "loop" else 1.2, label=name)
    above.legend(frameon=False, ncols=5, fontsize=9)
    above.set_title("Mean absolute error of seven days, minutes", loc="left", fontsize=10)
    for row, (kind, colour) in enumerate(MARKS.items()):
        when = pd.to_datetime([one["day"] for one in events if one["kind"] == kind])
        below.plot(when, [row] * len(when), "|", color=colour, markersize=9, mew=2)
    below.set(yticks=range(len(MARKS)), ylim=(-0.6, len(MARKS) - 0.4))
    below.set_yticklabels(list(MARKS), fontsize=8)
    for axis in (above, below):
        axis.spines[["top", "right"]].set_visible(False)
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None}, facecolor="white")
    store.save(buffer.getvalue().encode(), path)
