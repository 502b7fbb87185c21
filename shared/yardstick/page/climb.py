"""The fifth section: what a level costs to have, and how much of it is new."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from yardstick.page import markup as m
from yardstick.results import Climb

Value = Callable[[Climb], float | None]
COLUMNS: dict[str, Value] = {
    "lines of code": lambda one: one["lines"], "files": lambda one: one["files"],
    "packages in the lock": lambda one: one["dependencies"], "rooms and verbs": lambda one: one["concepts"],
    "set-up, seconds": lambda one: one["setup_seconds"], "CI, seconds": lambda one: one["ci_seconds"],
}  # fmt: skip


def section(climb: Sequence[Climb]) -> str:
    """Words and the table."""
    if not climb:
        return m.paragraph("The cost of the climb was not counted in this run.")
    body = "".join(
        m.row(m.text(one["level"]), [_cell(of(one), of(below) if below else None) for of in COLUMNS.values()])
        for below, one in pairwise([None, *climb]) if one is not None
    )  # fmt: skip
    note = "In small print, how much more that is than at the level below. Tests, lessons and locks are not counted."
    return m.paragraph(*words(climb), note) + m.table("Each level's size", m.heads(["level", *COLUMNS]), body)


def words(climb: Sequence[Climb]) -> list[str]:
    """The highest beside the lowest, and the steepest step."""
    low, high = climb[0], climb[-1]
    if len(climb) < 2:
        return []
    steepest = max(pairwise(climb), key=lambda pair: pair[1]["lines"] - pair[0]["lines"])
    times = f", {high['lines'] / low['lines']:.1f} times as many" if low["lines"] else ""
    return [
        f"{m.text(high['level'])} has {m.number(high['lines'])} lines where {m.text(low['level'])} has "
        f"{m.number(low['lines'])}{times}, and {m.number(high['concepts'])} things with a name to learn where that has "
        f"{m.number(low['concepts'])}.",
        f"The steepest step is {m.text(steepest[1]['level'])}, with "
        f"{m.signed(steepest[1]['lines'] - steepest[0]['lines'])} lines.",
    ]


def _cell(value: float | None, below: float | None) -> str:
    if value is None or below is None:
        return m.number(value)
    return f"{m.number(value)} <small>{m.signed(value - below)}</small>"
