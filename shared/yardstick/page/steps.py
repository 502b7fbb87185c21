"""What each step up the ladder bought and cost, in words that are computed from the figures."""

from collections.abc import Sequence
from itertools import pairwise

from yardstick.page.board import Board, Shown
from yardstick.page.markup import count, listed, number, percent, text

UNIT = "person-minutes per 1,000 trips"


def found(board: Board, office: str) -> list[str]:
    """Who came closest to the oracle, how much of the gap that is, and what it took people."""
    ranked = sorted((one for one in board.ladder(office) if one.middle.excess is not None), key=excess)
    if not ranked:
        return ["No level lived to the end of this stream, so there is nothing to compare."]
    best, worst = ranked[0], ranked[-1]
    return [
        f"{where(board, office)} {text(best.label)} came closest to somebody who knows what comes (the oracle): "
        f"{number(excess(best))} {UNIT} above it{_gap(best)}.",
        "" if best is worst else f"Furthest was {text(worst.label)} with {number(excess(worst))}.",
        _hours(ranked, best),
        _crashed(board, office),
    ]


def where(board: Board, office: str) -> str:
    inside = f", {text(office)} office" if office else ""
    lived = board.stream.of(office)
    others = len(board.stream.worlds) - len(lived.worlds)
    rest = f"; {count(others, 'other')} not lived in this office" if others else ""
    return f"<b>{text(board.stream.title.capitalize())}{inside}</b> ({text(lived.said)}{rest}):"


def excess(shown: Shown) -> float:
    return shown.middle.excess or 0.0


def steps(board: Board, office: str) -> list[str]:
    """One sentence a step, lowest first."""
    return [f"<b>{text(up.name)}</b> over {text(low.name)}: {step(low, up)}." for low, up in pairs(board, office)]


def pairs(board: Board, office: str) -> list[tuple[Shown, Shown]]:
    """Neighbours of the ladder that both lived."""
    return list(pairwise(board.ladder(office)))


def step(low: Shown, up: Shown) -> str:
    """The difference in error and in people's hours between two lives."""
    before, after = low.middle, up.middle
    parts = []
    if before.excess is not None and after.excess is not None:
        parts.append(_change(before.excess, after.excess, "person-minute", "of error per 1,000 trips"))
    parts.append(_change(before.hours, after.hours, "hour", "of people a year"))
    return ", ".join(parts)


def _change(before: float, after: float, unit: str, rest: str) -> str:
    difference = round(after) - round(before)
    if difference == 0:
        return f"as many {unit}s {rest} ({number(after)})"
    word, many = "fewer" if difference < 0 else "more", "" if abs(difference) == 1 else "s"
    return f"{number(abs(difference))} {word} {unit}{many} {rest} ({number(before)} → {number(after)})"


def _gap(best: Shown) -> str:
    closed, early = best.middle.closed, best.middle.early_closed
    if closed is None:
        return ", and never learning again was as good as the oracle, so that there was no gap to close"
    first = f" ({percent(early)} in the first 60 days)" if early is not None else ""
    return f", which closes {percent(closed)} of the gap between never learning again and the oracle{first}"


def _hours(ranked: Sequence[Shown], best: Shown) -> str:
    least, most = min(ranked, key=lambda one: one.middle.hours), max(ranked, key=lambda one: one.middle.hours)
    own = f"{text(best.label).capitalize()} took people {count(best.middle.hours, 'hour')} a year"
    if round(least.middle.hours) == round(most.middle.hours):
        return f"{own}, as did every other level."
    rest = [f"the {word} was {number(one.middle.hours)} ({text(one.label)})"
            for word, one in (("least", least), ("most", most)) if one is not best]  # fmt: skip
    return f"{own}{', the least' if best is least else ', the most' if best is most else ''}; {listed(rest)}."


def _crashed(board: Board, office: str) -> str:
    gone = [text(one.label) for one in board.rows[office] if one.name in board.levels and not one.sound]
    return f"Crashed, and not compared: {listed(gone)}." if gone else ""
