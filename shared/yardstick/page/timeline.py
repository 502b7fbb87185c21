"""The second section: the error of all lives over time, what happened, and what was deployed."""

from collections.abc import Sequence
from itertools import accumulate
from statistics import median
from typing import Any

from yardstick.page import markup as m
from yardstick.page.board import Board
from yardstick.page.lives import NEVER, ORACLE, incident_names, pick
from yardstick.page.palette import style
from yardstick.results import LifeFound, World
from yardstick.score import WEEK

MARKS = ("deploy", "return")
Line = list[float | None]


def trailing(life: LifeFound) -> Line:
    """Mean absolute error of the seven days that end with each day, minutes; None before there are seven."""
    errors, trips = list(accumulate(life["errors"], initial=0.0)), list(accumulate(life["trips"], initial=0))
    weeks = [(errors[day] - errors[day - WEEK], trips[day] - trips[day - WEEK]) for day in range(WEEK, len(errors))]
    early: Line = [None] * min(WEEK - 1, len(life["errors"]))
    return [*early, *(round(error / of, 3) if of else None for error, of in weeks)]


def drawn(board: Board) -> dict[str, Any]:
    """What the browser draws: the first world of the stream, every life in each of its offices ("": needs none)."""
    world = board.stream.worlds[0]
    names = list(dict.fromkeys(one.name for rows in board.rows.values() for one in rows))
    return {
        "first": world["days"][0], "days": len(world["days"]),
        "incidents": [
            {"name": name, "from": _at(world, one["start"]), "to": _at(world, one["end"])}
            for name, one in zip(incident_names(world), world["incidents"], strict=True)
        ],
        "lives": [_life(board, world, name, names) for name in names if pick(world, name, "")],
    }  # fmt: skip


def _life(board: Board, world: World, name: str, names: Sequence[str]) -> dict[str, Any]:
    lives = {life["office"] or "": life for life in world["lives"] if life["name"] == name}
    colour, dash = style(name, board.levels, [other for other in names if other not in board.levels])
    return {
        "name": name, "colour": colour, "dash": dash, "level": name in board.levels,
        "on": name in (*board.levels, NEVER, ORACLE),
        "lines": {office: trailing(life) for office, life in lives.items()},
        "marks": {office: [[_at(world, act["day"]), act["kind"]] for act in life["acts"] if act["kind"] in MARKS]
                  for office, life in lives.items()},
        "crashed": [office for office, life in lives.items() if life["crashed"] is not None],
    }  # fmt: skip


def words(board: Board, office: str) -> str:
    """When the levels lay furthest apart, and how much of that the offices make."""
    world = board.stream.worlds[0]
    lines = {name: trailing(life) for name in board.levels if (life := pick(world, name, office))}
    said = [_shown(board), _apart(world, lines), _band(board, world), _ended(world, office)]
    return m.paragraph(*filter(None, said))


def _shown(board: Board) -> str:
    worlds = board.stream.worlds
    return f"Shown is seed {worlds[0]['seed']}, the first of {len(worlds)}." if len(worlds) > 1 else ""


def _apart(world: World, lines: dict[str, Line]) -> str:
    weeks = [(day, {name: value for name, line in lines.items() for value in line[at : at + 1] if value is not None})
             for at, day in enumerate(world["days"])]  # fmt: skip
    spreads = [(max(week.values()) - min(week.values()), day, week) for day, week in weeks if len(week) > 1]
    if not spreads:
        return ""
    _, day, week = max(spreads, key=lambda one: one[0])
    high, low = max(week, key=lambda name: week[name]), min(week, key=lambda name: week[name])
    return (
        f"The levels lay furthest apart in the seven days to {day}: {m.text(high)} was off by {week[high]:.2f} minutes "
        f"a trip, {m.text(low)} by {week[low]:.2f}. On the median day {median(one[0] for one in spreads):.2f} minutes "
        "lay between the best and the worst of them."
    )


def _band(board: Board, world: World) -> str:
    """Which level's error depends most on the office."""
    widths = {}
    for name in board.levels:
        lines = [trailing(life) for life in world["lives"] if life["name"] == name]
        weeks = [[value for value in week if value is not None] for week in zip(*lines, strict=False)]
        widths[name] = max((max(week) - min(week) for week in weeks if len(week) > 1), default=0.0)
    widest = max(widths, key=lambda name: widths[name], default="")
    if not widest or widths[widest] == 0:
        return ""
    return (
        f"A band reaches from a level's best office to its worst: widest for {m.text(widest)}, by up to "
        f"{widths[widest]:.2f} minutes. Those are assumptions about people, not a property of the level."
    )


def _ended(world: World, office: str) -> str:
    crashed = [life for life in world["lives"] if life["crashed"] is not None and life["office"] in (office, None)]
    said = [f"{life['name']} (after {len(life['errors'])} days)" for life in crashed]
    return f"Crashed, and its line ends there: {m.text(m.listed(said))}." if said else ""


def by_month(board: Board, office: str) -> str:
    """The same as a table: mean error of each month."""
    world = board.stream.worlds[0]
    months = list(dict.fromkeys(day[:7] for day in world["days"]))
    lives = [(one.label, pick(world, one.name, office)) for one in board.rows[office]]
    body = "".join(
        m.row(m.text(label), [m.number(_month(world, life, month), 2) for month in months])
        for label, life in lives if life is not None
    )  # fmt: skip
    return m.table("Mean absolute error by month, minutes", m.heads(["life", *months]), body)


def _month(world: World, life: LifeFound, month: str) -> float | None:
    sums = [(error, trips) for day, error, trips in zip(world["days"], life["errors"], life["trips"], strict=False)
            if day.startswith(month)]  # fmt: skip
    trips = sum(one for _, one in sums)
    return sum(error for error, _ in sums) / trips if trips else None


def _at(world: World, day: str) -> int:
    """The number of a day, the first or last one where it lies outside."""
    return min(sum(one < day for one in world["days"]), len(world["days"]) - 1)
