"""All that was judged on one time axis: what the error is, what drifted, what it was called, who answered."""

import html
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from taxi import store
from taxi.watch.book import alerts
from taxi.watch.decide import Name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FILE = "index.html"
BLUE, ORANGE, GREY = "#2b6ca3", "#d9822b", "#8a8a8a"
COLOURS = {Name.FINE: "#dfe7ee", Name.DATA_FAULT: "#6b4c9a", Name.COVARIATE_SHIFT: "#e0b040",
           Name.MODEL_DECAY: "#c0392b", Name.NO_DATA: "#444444"}  # fmt: skip


def write(folder: Path, lines: Sequence[dict[str, Any]]) -> None:
    """One file, no network."""
    last = lines[-1]
    rows = "".join(
        f'<tr><td>{one["day"]}</td><td>{one["days"]}</td><td><b>{one["name"]}</b> {one["cause"]}</td>'
        f'<td>{html.escape("; ".join(one["reasons"]))}</td><td>{html.escape(one["to_do"])}</td></tr>'
        for one in reversed(alerts(lines))
    )  # fmt: skip
    text = f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Monitor</title>
<meta name="viewport" content="width=device-width">
<style>body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem }}
h1 {{ margin-bottom: 0 }} svg {{ width: 100%; height: auto }} table {{ border-collapse: collapse; width: 100% }}
th, td {{ text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #ddd; vertical-align: top }}
td:first-child {{ white-space: nowrap }} .wide {{ overflow-x: auto }} .small {{ color: #555; font-size: .9rem }}</style>
<h1>{last["day"]}: {last["name"]}</h1>
<p class="small">{html.escape("; ".join(last["reasons"]))}. To do: {html.escape(last["to_do"])}.</p>
{drawn(lines)}<h2>Incidents</h2><div class="wide"><table><tr><th>since</th><th>days</th><th>name</th><th>why</th>
<th>to do</th></tr>{rows or '<tr><td colspan="5">none</td></tr>'}</table></div>
<p class="small">Limits are those of the calm months they were computed from. A dashed line is where an alarm begins; a
thin upright line where another model began to answer.</p></html>"""
    store.save(text.encode(), folder / FILE)


def drawn(lines: Sequence[dict[str, Any]]) -> str:
    """The picture as SVG, for a page."""
    buffer = io.StringIO()
    picture(lines).savefig(buffer, format="svg")
    return buffer.getvalue()[buffer.getvalue().index("<svg") :]


def picture(lines: Sequence[dict[str, Any]]) -> "Figure":
    """Four bands over the same days."""
    from matplotlib.figure import Figure

    days = pd.to_datetime([one["day"] for one in lines])
    figure = Figure(figsize=(10, 8), layout="constrained")
    axes = figure.subplots(4, 1, sharex=True, height_ratios=[3, 2, 3, 0.6])
    error, level, drift, names = axes
    error.plot(days, _numbers(lines, "mae"), color=BLUE, lw=1)
    error.set_title("Mean absolute error, minutes", loc="left", fontsize=10)
    level.plot(days, 100 * _numbers(lines, "error_level"), color=BLUE, lw=1)
    level.step(days, 100 * _numbers(lines, "error_limit"), color=ORANGE, ls="--", lw=1)
    level.set_title("Excess of the relative error over the weeks before, smoothed, %", loc="left", fontsize=10)
    for number, column in enumerate(lines[-1]["drift"]):
        score = np.array([_ratio(one, column) for one in lines])
        drift.plot(days, score, lw=1, label=column, color=f"C{number}", alpha=0.9)
    drift.axhline(1, color=ORANGE, ls="--", lw=1)
    drift.set(ylim=(0, max(2.0, min(8.0, drift.get_ylim()[1]))))
    drift.legend(ncols=5, fontsize=8, frameon=False, loc="upper right")
    drift.set_title("Drift of the trips, times its limit (two days of three count)", loc="left", fontsize=10)
    strip(names, days, lines)
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
        for day, one, before in zip(days[1:], lines[1:], lines, strict=False):
            if one["model"] != before["model"]:
                axis.axvline(day, color=GREY, lw=0.8)
    return figure


def strip(axis: "Axes", days: pd.DatetimeIndex, lines: Sequence[dict[str, Any]]) -> None:
    """What each day was called, by colour."""
    from matplotlib.patches import Patch

    axis.bar(days, 1, width=1.0, color=[COLOURS[Name(one["name"])] for one in lines])
    axis.set(yticks=[], ylim=(0, 1))
    seen = [name for name in COLOURS if any(one["name"] == name for one in lines)]
    axis.legend(handles=[Patch(color=COLOURS[name], label=str(name)) for name in seen], ncols=5, fontsize=8,
                frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.6))  # fmt: skip


def _numbers(lines: Sequence[dict[str, Any]], name: str) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.array([np.nan if one[name] is None else one[name] for one in lines], float)


def _ratio(line: dict[str, Any], column: str) -> float:
    score = line["drift"].get(column)
    return float("nan") if score is None else float(score / line["drift_limit"][column])
