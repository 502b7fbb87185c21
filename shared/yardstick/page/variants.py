"""The third section: what a capability contributed, as the difference between a level and its variant."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from yardstick.page import markup as m
from yardstick.page.board import Board, Shown, paired
from yardstick.page.lives import plain_of
from yardstick.page.palette import style
from yardstick.page.spread import Spread, spread
from yardstick.page.steps import UNIT


class Variant(NamedTuple):
    """A variant beside its plain level, in the same office; their difference is paired, world by world."""

    shown: Shown
    plain: Shown
    more: Spread  # excess of the variant less that of the level


def variants(board: Board, office: str) -> list[Variant]:
    """All that can be compared, in the order of the levels."""
    found = []
    for shown in board.rows[office]:
        plain = board.of(plain_of(shown.name, board.levels) or "", shown.home)
        if plain is None or not (shown.sound or plain.sound):
            continue
        differences = [own - its for own, its in paired(shown, plain)]
        if differences:
            found.append(Variant(shown, plain, spread(differences)))
    return found


def words(board: Board, office: str) -> str:
    known = variants(board, office)
    if not known:
        return m.paragraph("No variant of a level lived to the end of this stream.")
    ordered = sorted(known, key=lambda one: one.more.median)
    least, most = ordered[0], ordered[-1]
    said = ["A variant differs from its level in what its name says, and in nothing else."]
    if least.more.median < 0:
        said.append(f"Most gained: {m.text(least.shown.label)} has {m.number(-least.more.median)} {UNIT} less than "
                    f"{m.text(least.plain.name)}.")  # fmt: skip
    if most.more.median > 0:
        said.append(f"Most lost: {m.text(most.shown.label)} has {m.number(most.more.median)} more than "
                    f"{m.text(most.plain.name)}.")  # fmt: skip
    return m.paragraph(*said, _crashed(board, office))


def _crashed(board: Board, office: str) -> str:
    gone = [one.label for one in board.rows[office] if plain_of(one.name, board.levels) and not one.sound]
    return f"Not compared, because it crashed: {m.text(m.listed(gone))}." if gone else ""


def drawn(board: Board, office: str) -> list[dict[str, Any]]:
    """Bars: the level and its variants, group by group."""
    known = variants(board, office)
    others = [one.name for one in board.rows[office] if one.name not in board.levels]
    plains = {(one.plain.name, one.shown.home): one.plain for one in known}
    return [
        {"bars": [_bar(plain, "", board, others), *(
            _bar(one.shown, m.signed(one.more.median), board, others)
            for one in known if (one.plain.name, one.shown.home) == key)]}
        for key, plain in plains.items()
    ]  # fmt: skip


def _bar(shown: Shown, more: str, board: Board, others: Sequence[str]) -> dict[str, Any]:
    return {"label": shown.label, "value": round(shown.middle.excess or 0.0, 2), "more": more,
            "colour": style(shown.name, board.levels, others)[0]}  # fmt: skip


def table(board: Board, office: str) -> str:
    head = m.heads(["variant", "its level", "above the oracle", "the level", "difference", "5 to 95 % of seeds"])
    body = "".join(
        m.row(m.text(one.shown.label), [
            m.text(one.plain.name), m.number(one.shown.middle.excess), m.number(one.plain.middle.excess),
            m.signed(one.more.median), f"{m.signed(one.more.low)} to {m.signed(one.more.high)}"
            if len(one.shown.each) > 1 else m.NONE]) for one in variants(board, office)
    )  # fmt: skip
    return m.table(f"Excess of variants, {UNIT}", head, body)
