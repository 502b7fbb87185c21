"""The fourth section: prices on error and on work. The browser multiplies; here are the figures and the sliders."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from yardstick.page import markup as m
from yardstick.page.board import Board
from yardstick.page.lives import ORACLE, plain_of
from yardstick.results import Climb

LINES_AN_HOUR = 25  # written, tested and reviewed


class Slider(NamedTuple):
    """A price or a number that the reader sets. unit: put before or behind the value."""

    name: str
    label: str
    start: float
    least: float
    most: float
    step: float
    before: str = ""
    behind: str = ""


PRICES = (
    Slider("hour", "an hour of work", 80, 20, 250, 5, before="$"),
    Slider("minute", "a minute of error on one trip", 0.05, 0, 1, 0.01, before="$"),
    Slider("models", "models that are operated like this one", 1, 1, 100, 1),
    Slider("years", "years until the building must have paid", 1, 1, 5, 1),
)


def build_hours(climb: Sequence[Climb], folders: Mapping[str, str], levels: Sequence[str]) -> list[int]:
    """Hours to build each level on top of the one below, from the lines that it has more; 0 for the lowest."""
    known = {one["level"]: one["lines"] for one in climb}
    lines = [known.get(folders[name]) for name in levels]
    pairs = zip([None, *lines], lines, strict=False)
    return [0 if low is None or up is None else max(0, round((up - low) / LINES_AN_HOUR)) for low, up in pairs]


def building(levels: Sequence[str], hours: Sequence[int]) -> list[Slider]:
    """A slider for each step."""
    return [
        Slider(f"build-{at}", f"building {name}", hours[at], 0, max(40, 4 * hours[at]), 1, behind=" h")
        for at, name in enumerate(levels) if at
    ]  # fmt: skip


def controls(levels: Sequence[str], hours: Sequence[int]) -> str:
    """All sliders, each with its value."""
    steps = "".join(map(_slider, building(levels, hours)))
    note = f"<p>Start: the lines of code that a level has more, at {LINES_AN_HOUR} lines an hour.</p>"
    return (
        f'<form class="sliders" id="prices"><fieldset><legend>What it is worth</legend>{"".join(map(_slider, PRICES))}'
        f"</fieldset><fieldset><legend>Hours to build a level</legend>{steps}{note}</fieldset></form>"
    )


def _slider(one: Slider) -> str:
    return (
        f'<label for="{one.name}"><span>{m.text(one.label)}</span> <output for="{one.name}"></output>'
        f'<input type="range" id="{one.name}" name="{one.name}" min="{one.least:g}" max="{one.most:g}" '
        f'step="{one.step:g}" value="{one.start:g}" data-before="{one.before}" data-behind="{one.behind}"></label>'
    )


def rows(board: Board, office: str) -> list[dict[str, Any]]:
    """A life a row: minutes of error above the oracle a trip, trips and hours a year, the level that has to be built.

    That level is -1 for a life that needs none, whose hours nobody counted.
    """
    found, oracle = [], board.of(ORACLE, office)
    a_year = oracle.middle.trips if oracle else None
    for one in board.rows[office]:
        level = one.name if one.name in board.levels else plain_of(one.name, board.levels)
        sound = one.sound and one.middle.excess is not None
        found.append({
            "name": one.name, "label": one.label, "plain": one.name in board.levels,
            "level": -1 if level is None else board.levels.index(level), "sound": sound, "oracle": one.name == ORACLE,
            "excess": (one.middle.excess or 0.0) / 1000, "hours": one.middle.hours,
            "trips": one.middle.trips if a_year is None else a_year,
        })  # fmt: skip
    return found
