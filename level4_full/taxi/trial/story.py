"""An experiment told to somebody who was not there: day by day, as a picture, and as a page."""

import html
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from taxi.trial import evidence
from taxi.trial.verdict import BLOCK_DAYS, Outcome, Verdict, judge

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLUE, ORANGE, GREY = "#2b6ca3", "#d9822b", "#8a8a8a"
WON = {
    Outcome.PROMOTE: "The challenger won",
    Outcome.KEEP: "No winner: the champion stays",
    Outcome.STOP: "Stopped: the champion stays",
    Outcome.WAIT: "Not decided yet",
}


@dataclass(frozen=True)
class Day:
    """What was known after so many whole days. share: of the riders, on its last day."""

    days: int
    share: float
    verdict: Verdict


def told(trips: pd.DataFrame, days: int) -> list[Day]:
    """Every day until the one that decides, as somebody would have seen it who looked daily. trips: of `cohorts`."""
    seen = []
    for day in range(1, days + 1):
        until = trips[trips["day"] < day]
        seen.append(Day(day, float(until["share"].iloc[-1]) if len(until) else 0.0, judge(until, day)))
        if seen[-1].verdict.outcome is not Outcome.WAIT:
            break
    return seen


def picture(story: list[Day]) -> "Figure":
    """Above, the gain of each day so far with what days say of its error; below, the evidence and its border."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 5.5), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True)
    days = [day.days for day in story]
    facts = pd.DataFrame([day.verdict.figures for day in story])
    gain, error = (100 * facts[name] / facts["champion_mae"] for name in ("gain", "gain_error"))
    above.fill_between(days, gain - 2 * error, gain + 2 * error, color=BLUE, alpha=0.2, lw=0)
    above.plot(days, gain, color=BLUE, marker="o", ms=3)
    above.axhline(0, color=GREY, lw=1)
    above.axhline(100 * evidence.MARGIN, color=ORANGE, ls="--", lw=1)
    above.set(ylabel="error saved, %", title="What the challenger saves (band: two standard errors between days)")
    below.step(days, np.maximum(facts["evidence"], 1e-2), where="post", color=BLUE)
    below.axhline(evidence.EVIDENCE, color=ORANGE, ls="--", lw=1)
    below.annotate("promotes from here on", (days[0], evidence.EVIDENCE), xytext=(0, 4), textcoords="offset points",
                   color=ORANGE, fontsize=9)  # fmt: skip
    below.set(yscale="log", ylabel="evidence", xlabel="whole days since it began")
    below.set_title(f"Evidence, a new piece every {BLOCK_DAYS} days")
    for axis in (above, below):
        axis.spines[["top", "right"]].set_visible(False)
    return figure


def page(name: str, story: list[Day]) -> str:
    """HTML on its own: who won, by how much, how sure, and what it would have taken to see less."""
    last, facts = story[-1].verdict, story[-1].verdict.figures
    buffer = io.StringIO()
    picture(story).savefig(buffer, format="svg")
    svg = buffer.getvalue()[buffer.getvalue().index("<svg") :]
    reasons = "".join(f"<li>{html.escape(reason)}</li>" for reason in last.reasons)
    rows = "".join(f"<tr><th>{label}</th><td>{value}</td></tr>" for label, value in table(story).items())
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Experiment {html.escape(name)}</title>
<meta name="viewport" content="width=device-width">
<style>body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }}
h1 {{ margin-bottom: 0 }} svg {{ width: 100%; height: auto }} table {{ border-collapse: collapse; width: 100% }}
th, td {{ text-align: left; padding: .3rem .5rem; border-bottom: 1px solid #ddd; font-weight: normal }}
td {{ font-variant-numeric: tabular-nums }} .small {{ color: #555; font-size: .9rem }}</style>
<h1>{WON[last.outcome]}</h1><p class="small">Experiment {html.escape(name)}, {facts.get("trips", 0):,.0f} trips
with a known duration over {story[-1].days} days</p><ul>{reasons}</ul>{svg}<table>{rows}</table>
<p class="small">On every trip both models were asked, so what the challenger saves is known trip by trip; this holds as
long as a prediction does not change the trip. Trips of one day share its weather, so days, not trips, are counted.</p>
</html>"""


def table(story: list[Day]) -> dict[str, str]:
    """The figures in words."""
    facts = story[-1].verdict.figures
    if not facts:
        return {}
    mae = facts["champion_mae"]
    return {
        "The champion is wrong by": f"{mae:.2f} minutes a trip",
        "The challenger is wrong by": f"{facts['challenger_mae']:.2f} minutes a trip",
        "It saves": f"{facts['gain']:+.3f} minutes a trip ({facts['gain'] / mae:+.1%}), "
                    f"give or take {2 * facts['gain_error'] / mae:.1%}",
        "The riders who met it (a check)": f"{facts['unpaired']:+.2f} minutes, give or take "
                                           f"{2 * facts['unpaired_error']:.2f}",
        "How sure": f"evidence {facts['evidence']:.1f}; {evidence.EVIDENCE:g} promotes (one equal in twenty)",
        "The least gain that 27 such days would show": f"{facts['detectable'] / mae:.1%} of the error",
    }  # fmt: skip
