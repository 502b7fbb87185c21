"""The seventh section: how much of a figure is luck, where a stream was lived with several seeds."""

from typing import Any

from yardstick.page import markup as m
from yardstick.page.board import Board, Shown, paired
from yardstick.page.lives import NEVER, ORACLE
from yardstick.page.palette import style
from yardstick.page.spread import spread
from yardstick.page.steps import UNIT, pairs


def values(shown: Shown) -> list[float]:
    """The excess of each seed that the life survived."""
    return [one.excess for one in shown.each if one is not None and one.excess is not None and not one.crashed]


def title(board: Board) -> str:
    return f"<h3>{m.text(board.stream.title.capitalize())}: {len(board.stream.worlds)} seeds</h3>"


def words(board: Board, office: str) -> str:
    """How often each step up had less excess, seed by seed."""
    said = []
    for low, up in pairs(board, office):
        known = paired(low, up)
        better = sum(upper < lower for lower, upper in known)
        said.append(f"{m.text(up.name)} over {m.text(low.name)} in {better} of {len(known)}")
    steps = f"Seed by seed there was less error for {m.listed(said)}." if said else ""
    return m.paragraph(steps, _widest(board, office), _outside(board, office))


def _widest(board: Board, office: str) -> str:
    spreads = {one.label: spread(found) for one in board.ladder(office) if (found := values(one))}
    if not spreads:
        return ""
    name = max(spreads, key=lambda label: spreads[label].high - spreads[label].low)
    low, _, high = spreads[name]
    return f"Luck weighs most on {m.text(name)}: from {m.number(low)} to {m.number(high)} {UNIT}."


def far(board: Board, office: str) -> Shown | None:
    """Never learning again, where it lies so far out that the others could not be told apart beside it."""
    middles = {one.name: spread(found).median for one in board.rows[office] if (found := values(one))}
    rest = [middle for name, middle in middles.items() if name != NEVER]
    return board.of(NEVER, office) if NEVER in middles and rest and middles[NEVER] > 1.5 * max(rest) > 0 else None


def _outside(board: Board, office: str) -> str:
    shown = far(board, office)
    return f"Not drawn, far to the right: never, with {m.number(spread(values(shown)).median)}." if shown else ""


def drawn(board: Board, office: str) -> list[dict[str, Any]]:
    """A life a row; the oracle is the zero of the axis and has none."""
    others = [one.name for one in board.rows[office] if one.name not in board.levels]
    hidden = (ORACLE, NEVER) if far(board, office) else (ORACLE,)
    return [
        {"label": one.label, "colour": style(one.name, board.levels, others)[0],
         "values": [round(value, 1) for value in found], "spread": [round(value, 1) for value in spread(found)]}
        for one in board.rows[office] if one.name not in hidden and (found := values(one))
    ]  # fmt: skip


def table(board: Board, office: str) -> str:
    head = m.heads(["life", "seeds", "5 %", "median", "95 %"])
    body = "".join(
        m.row(m.text(one.label), [m.number(len(found)), *(m.number(value) for value in spread(found))])
        for one in board.rows[office] if (found := values(one))
    )  # fmt: skip
    return m.table(f"Excess over the seeds, {UNIT}", head, body)
