"""The control room: what serves, what the loop does next and why, and what it did, over the error that riders had."""

import html
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from taxi import store
from taxi.errors import BadInput
from taxi.loop.ledger import Ledger
from taxi.loop.placing import Placing
from taxi.loop.quarantine import QUARANTINED
from taxi.loop.state import State, state_of
from taxi.watch.page import BLUE, GREY, ORANGE

FILE = "index.html"
RED, VIOLET, GREEN = "#c0392b", "#6b4c9a", "#3a8a5a"
MARKS = {  # what is drawn: the kind of event, its colour, its name
    "open the lane": (ORANGE, "alarm"), "refuse": (GREY, "refused"), "canary": (GREEN, "canary"),
    "promote": (BLUE, "promoted"), "return to the one before": (RED, "taken back"), "stop the canary": (RED, "stopped"),
    "quarantine": (VIOLET, "quarantine"),
}  # fmt: skip
LAST = 25  # events in the table


def said(ledger: Ledger) -> str:
    """In words, for a terminal."""
    return "\n".join(f"{name:12} {value}" for name, value in facts(ledger).items())


def facts(ledger: Ledger) -> dict[str, str]:
    """What there is to know at a glance."""
    now, state = Placing(**ledger.get("placing") or {}), state_of(ledger.get("state"))
    waits, aside = ledger.get("waits") or {}, quarantined(ledger)
    champion = f"version {now.champion}" if now.champion else "nobody"
    if now.challenger:
        beside = f"version {now.challenger}, canary, {now.share:.0%} of the riders"
    else:
        beside = f"version {now.previous}, in the shadow while {champion} is on probation" if now.beside else "nobody"
    shown = ", ".join(one["day"] for one in aside[-5:])
    following = waits.get("said", "the first morning: python loop.py once")
    return {
        "state": ledger.get("paused") or _phase(state), "champion": champion, "beside it": beside,
        "next": "nothing, until somebody resumes" if ledger.get("paused") else following,
        "as of": waits.get("day", "never"), "budget": f"{len(state.rounds)} candidates within a year",
        "quarantine": f"{len(aside)} days {shown}".strip(),
        "service": ledger.get("followed") or "nothing is routed yet",
    }  # fmt: skip


def _phase(state: State) -> str:
    lane = f", the lane is open until {state.lane_until}" if state.lane_until else ""
    return f"halted: {state.halted}" if state.halted else f"{state.phase}{lane}"


def quarantined(ledger: Ledger) -> list[dict[str, Any]]:
    return [one for one in ledger.batches() if one["verdict"] == QUARANTINED]


def explained(ledger: Ledger, run: str) -> str:
    """One candidate's story. run: a key or its beginning, or "last". Raises BadInput where there is none."""
    runs = ledger.runs()
    chosen = [one for one in runs if one["key"].startswith(run)] if run != "last" else runs[-1:]
    if len(chosen) != 1:
        known = ", ".join(f"{one['key'][:8]} ({one['day']})" for one in runs[-5:]) or "none yet"
        raise BadInput(f"{len(chosen)} runs are called {run!r}. The latest: {known}")
    one = chosen[0]
    lines = [f"run {one['key'][:16]}, {one['lane']}, {one['day']}: {one['state']}", ""]
    lines += [f"  {event['day']}  {event['kind']}: {event['said']}" for event in ledger.events(one["key"])]
    learned = one["facts"].get("learned")
    if learned:
        lines += ["", f"  learned from {min(learned)} to {max(learned)}, {len(learned)} good days"]
    lines += ["", *(f"  {'ok  ' if row['passed'] else 'FAIL'} {row['check']}: {row['said']} ({row['limit']})"
                    for row in one["facts"].get("gate", []))]  # fmt: skip
    return "\n".join(lines)


def story(ledger: Ledger, most: int = LAST) -> str:
    """The newest decisions as Markdown, and what comes next."""
    known = facts(ledger)
    rows = [f"| {one['day']} | {one['kind']} | {one['said'].replace('|', '/')} |" for one in ledger.events()[-most:]]
    head = [
        f"## The loop on {known['as of']}: {known['champion']} serves",
        "",
        f"{known['state']}; {known['next']}.",
        "",
    ]
    return "\n".join([*head, "| day | what | why |", "|---|---|---|", *reversed(rows)])


def write(ledger: Ledger) -> Path:
    """One file, no network; its path."""
    path = ledger.path.with_name(FILE)
    store.save(page(ledger).encode(), path)
    return path


def page(ledger: Ledger) -> str:
    events, known = ledger.events(), facts(ledger)
    tiles = "".join(f"<div><dt>{name}</dt><dd>{html.escape(value)}</dd></div>" for name, value in known.items())
    rows = "".join(
        f"<tr><td>{one['day']}</td><td><b>{html.escape(one['kind'])}</b></td><td>{html.escape(one['said'])}</td></tr>"
        for one in reversed(events[-LAST:])
    )  # fmt: skip
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Control room</title>
<meta name="viewport" content="width=device-width">
<style>{STYLE}</style>
<header><h1>Control room</h1><form id="stop"><input id="token" type="password" placeholder="token" aria-label="token"
autocomplete="off"><input id="why" placeholder="why" aria-label="why"><button>Stop the loop</button></form></header>
<p class="small" id="answer">The red stop works where the service shows this page. Elsewhere:
<code>python loop.py pause --why "..."</code></p>
<dl>{tiles}</dl>{drawn(ledger, events)}
<h2>What was decided</h2><div class="wide"><table><tr><th>day</th><th>what</th><th>why</th></tr>
{rows or '<tr><td colspan="3">nothing yet</td></tr>'}</table></div>
<p class="small">{len(events)} events, each holding the hash of the one before. One candidate's story:
<code>python loop.py explain last</code></p><script>{SCRIPT}</script></html>"""


STYLE = """
:root { color-scheme: light dark; --line: #ddd; --soft: #666 }
@media (prefers-color-scheme: dark) { :root { --line: #444; --soft: #aaa } body { background: #16191d; color: #e8e8e8 }
  svg { background: #fff; border-radius: 6px } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 1.5rem auto; padding: 0 1rem }
header { display: flex; flex-wrap: wrap; gap: .5rem 2rem; justify-content: space-between; align-items: center }
h1 { margin: 0 } form { display: flex; flex-wrap: wrap; gap: .4rem }
input { font: inherit; padding: .2rem .5rem; width: 9rem }
button { font: inherit; font-weight: 600; background: #b3261e; color: #fff; border: 0; border-radius: 4px;
  padding: .3rem 1rem; cursor: pointer }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: .6rem 1.5rem }
dt { color: var(--soft); font-size: .85rem } dd { margin: 0; font-weight: 600 } svg { width: 100%; height: auto }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .3rem .8rem .3rem 0;
  border-bottom: 1px solid var(--line); vertical-align: top } td:first-child { white-space: nowrap }
.wide { overflow-x: auto } .small { color: var(--soft); font-size: .9rem }
"""
SCRIPT = """
document.getElementById('stop').addEventListener('submit', async event => {
  event.preventDefault()
  const answer = document.getElementById('answer')
  if (location.protocol === 'file:') { answer.textContent = 'Here: python loop.py pause --why "..."'; return }
  const reply = await fetch('/admin/pause', {method: 'POST', headers: {'content-type': 'application/json',
    authorization: 'Bearer ' + document.getElementById('token').value},
    body: JSON.stringify({why: document.getElementById('why').value})})
  const said = await reply.json()
  answer.textContent = reply.ok ? said.status : 'not stopped: ' + said.detail.join('; ')
})
"""


def drawn(ledger: Ledger, events: Sequence[dict[str, Any]]) -> str:
    """The error of each day, and what was decided below it, as SVG."""
    from matplotlib.figure import Figure

    known = [one for one in ledger.batches() if one.get("kept") and one["mae"].get(one["champion"]) is not None]
    if not known:
        return '<p class="small">No day was served yet.</p>'
    figure = Figure(figsize=(10, 4.6), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1.6])
    days = pd.to_datetime([one["day"] for one in known])
    error = pd.Series([one["mae"][one["champion"]] for one in known], days)
    above.plot(error, color=BLUE, lw=0.7, alpha=0.5)
    above.plot(error.rolling(7, min_periods=3).mean(), color=BLUE, lw=2)
    above.set_title(
        "Mean absolute error of what served, minutes: each day, and seven days' mean", loc="left", fontsize=10
    )
    for row, (kind, (colour, _)) in enumerate(MARKS.items()):
        when = pd.to_datetime(
            sorted({one["day"] for one in events if one["kind"] == kind and one["day"] >= known[0]["day"]})
        )
        below.plot(when, [row] * len(when), "|", color=colour, markersize=9, mew=2)
        if kind in ("open the lane", "return to the one before"):
            for day in when:
                above.axvline(day, color=colour, lw=1)
    below.set(yticks=range(len(MARKS)), ylim=(len(MARKS) - 0.4, -0.6))
    below.set_yticklabels([name for _, name in MARKS.values()], fontsize=9)
    for axis in (above, below):
        axis.spines[["top", "right"]].set_visible(False)
        axis.margins(x=0.01)
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None}, facecolor="white")
    return buffer.getvalue()[buffer.getvalue().index("<svg") :]


def day_of(text: str) -> date:
    """Raises BadInput for what is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text!r} is no day. Write it so: 2021-03-15") from None
