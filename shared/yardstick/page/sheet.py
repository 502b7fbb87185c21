"""The last section: when to stop climbing. Five questions, a level each, and what the results say of going on.

The questions go up the ladder, whatever its levels are called.
"""

from collections.abc import Mapping

from yardstick.page import markup as m
from yardstick.page.board import Board, Shown
from yardstick.page.headline import over_all
from yardstick.page.steps import UNIT, pairs, step

QUESTIONS = (
    ("Does anybody rely on the answers?", "No: stay here, and find out first whether the model is worth having."),
    ("Is the model made again more than twice a year, or must you be able to say what it was made from?",
     "No: stay here. Tests find what breaks, and making a model by hand twice a year is bearable."),
    ("Does it hurt when the world moves, or a release is bad, before somebody happens to look?",
     "No: stay here. A model is made, compared and rebuilt by one command each, and somebody looks now and then."),
    ("Are there many such models, or is nobody there to answer an alarm within days?",
     "No: stay here. An alarm finds a person, and a release meets few riders first."),
    ("Can somebody look after a loop, and is its wrong step taken back before it costs much?",
     "Yes: come here. No: stay one below, where a person decides."),
)  # fmt: skip


def sheet(board: Board, office: str, folders: Mapping[str, str]) -> str:
    """As many questions as there are levels; each is asked on a level, the last one below the top."""
    above = {low.name: (low, up) for low, up in pairs(board, office)}
    rows = []
    for at, (name, (question, advice)) in enumerate(zip(board.levels, QUESTIONS, strict=False)):
        said = _on(*above[name], board) if name in above else _alone(board.of(name, office))
        level = f"<b>{m.text(name)}</b> <small>{m.text(folders[name])}</small><br>{advice}"
        rows.append(m.row(f"{at + 1}. {question}", [level, said]))
    where = f"{m.text(board.stream.title)}{f', {m.text(office)} office' if office else ''}"
    intro = m.paragraph(
        "Answer from the top, and stop at the first no.",
        f"What the results say is of {where} ({m.text(board.stream.said)}), of this model, at the prices set above.",
    )
    head = m.heads(["question", "level", "what the results say"])
    return intro + m.table("Five questions on the way up", head, "".join(rows), "prose")


def _on(low: Shown, up: Shown, board: Board) -> str:
    """What going on to the next level would change."""
    before, after = low.middle, up.middle
    times = (
        f" Incidents are found after {over_all(before.found)} → {over_all(after.found)} days, mended after "
        f"{over_all(before.mended)} → {over_all(after.mended)}." if before.found else ""
    )  # fmt: skip
    pays = f'<span data-pays="{board.levels.index(up.name)}"></span>'
    return f"Going on to {m.text(up.name)}: {step(low, up)}.{times} {_returns(up)} {pays}"


def _alone(shown: Shown | None) -> str:
    """The top of the ladder, or a level that cannot be compared with the next."""
    if shown is None or not shown.sound:
        return "It did not live to the end of this stream."
    hours, excess = m.number(shown.middle.hours), m.number(shown.middle.excess)
    return f"It is {excess} {UNIT} above the oracle, with {hours} hours of people a year. {_returns(shown)}"


def _returns(shown: Shown) -> str:
    name, of = m.text(shown.name).capitalize(), shown.middle
    return f"{name} took back {m.number(of.returns)} of {m.count(of.deployments, 'deployment')}."
