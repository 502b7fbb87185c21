"""The first section: what each step bought and cost, and one table of all lives."""

from collections.abc import Sequence

from yardstick.page import markup as m
from yardstick.page.board import Board, Shown
from yardstick.page.figures import Figures, Took, took
from yardstick.page.steps import found, steps

GROUPS = (
    ("", ("life",)), ("mean error, minutes", ("60 days", "all")), ("excess, minutes per 1,000 trips", (
    "60 days", "all")), ("gap closed", ("60 days", "all")), ("bad", ("served",)), ("days to", ("find", "mend")),
    ("deployed", ("all", "taken back")), ("people", ("hours a year",)), ("machine", ("fits", "seconds")),
    ("worst borough", ("minutes",)),
)  # fmt: skip
MEANING = {
    "excess": "Mean error of the life less that of the oracle, times 1,000: person-minutes per 1,000 trips.",
    "gap closed": "0 % is never learning again, 100 % the oracle; below 0 % it was worse than never.",
    "bad served": "Answers off by more than five minutes and by more than half of the true duration.",
    "find": "Days from an incident's start to the first alarm or complaint, or to the first look that led to work; the "
    "median of the incidents. A fraction says in how many cases there was one.",
    "mend": "Days from an incident's start until the error of the next seven days is within 10 % of the oracle's.",
    "taken back": "Deployments that were returned: they had failed.",
    "hours a year": "All hours that people spent on the model. What it costs to build a level is further below.",
    "seconds": "Of the machine, for the whole life. The only figure that differs from run to run.",
}


def headline(board: Board, office: str) -> str:
    """Words, the scorecard, and what it means."""
    bought = "".join(f"<li>{one}</li>" for one in steps(board, office))
    rows = board.rows[office]
    return "".join([
        m.paragraph(*found(board, office)), f'<ul class="steps">{bought}</ul>', scorecard(board, office),
        m.details("What the columns mean", meaning()), m.details("Hours of people, by task", tasks(rows)),
        m.details("Each incident: days to find it, and to mend it", incidents(board.stream.incidents, rows)),
    ])  # fmt: skip


def scorecard(board: Board, office: str) -> str:
    """A row a life; the levels first."""
    rows = board.rows[office]
    most = max((one.middle.excess or 0.0 for one in rows), default=0.0)
    groups = "".join(f'<th scope="colgroup" colspan="{len(names)}">{name}</th>' for name, names in GROUPS)
    head = f"<tr>{groups}</tr>" + m.heads(name for _, names in GROUPS for name in names)
    body = "".join(
        m.row(m.text(one.label), cells(one.middle, most), kind_of(one, board)) + why(one.middle) for one in rows
    )
    return m.table("All lives: error, what it cost, what happened", head, body, "score")


def cells(of: Figures, most: float) -> list[str]:
    """most: the largest excess of the table, as wide as its cell."""
    worst = max(of.worst, key=lambda name: of.worst[name]) if of.worst else None
    return [
        m.number(of.early_mae, 2), m.number(of.mae, 2), m.number(of.early_excess), _bar(of.excess, most),
        m.percent(of.early_closed), m.percent(of.closed), m.percent(of.bad, 1), over_all(of.found),
        over_all(of.mended), m.number(of.deployments), m.number(of.returns), m.number(of.hours), m.number(of.fits),
        m.number(of.seconds), m.NONE if worst is None else f"{m.text(worst)} {m.number(of.worst[worst], 2)}",
    ]  # fmt: skip


def why(of: Figures) -> str:
    """A row that says why a life crashed; nothing where it did not."""
    if not of.crashed:
        return ""
    times = f" in {len(of.crashed)} of {of.worlds} seeds; the first" if of.worlds > 1 else ""
    columns = sum(len(names) for _, names in GROUPS)
    said = f"crashed{times} {m.text(of.crashed[0])}"
    return f'<tr class="why"><td colspan="{columns}"><span class="crashed">{said}</span></td></tr>'


def kind_of(shown: Shown, board: Board) -> str:
    return "level" if shown.name in board.levels else "other"


def meaning() -> str:
    return "<dl>" + "".join(f"<dt>{name}</dt><dd>{words}</dd>" for name, words in MEANING.items()) + "</dl>"


def tasks(rows: Sequence[Shown]) -> str:
    """Hours a year by task, of the lives that have people in them."""
    working = [one for one in rows if one.middle.tasks]
    names = list(dict.fromkeys(task for one in working for task in one.middle.tasks))
    if not names:
        return m.paragraph("Nobody worked on this stream.")
    head = m.heads(["life", *map(m.text, names), "all"])
    body = "".join(
        m.row(m.text(one.label), [*(m.number(one.middle.tasks.get(task), 1) for task in names),
                                  m.number(one.middle.hours, 1)]) for one in working
    )  # fmt: skip
    return m.table("Hours of people a year, by task", head, body)


def incidents(names: Sequence[str], rows: Sequence[Shown]) -> str:
    """Found / mended, an incident a column."""
    if not names:
        return m.paragraph("Nothing happened on this stream.")
    body = "".join(
        m.row(m.text(one.label), [f"{_days(one.middle.found.get(name, []))} / {_days(one.middle.mended.get(name, []))}"
                                  for name in names]) for one in rows
    )  # fmt: skip
    note = "In brackets: the next incident had begun by then, so it may have been found, or mended, because of that."
    return m.table("Days to find / to mend", m.heads(["life", *map(m.text, names)]), body) + m.paragraph(note)


def _bar(value: float | None, most: float) -> str:
    part = 100 * max(value or 0.0, 0.0) / most if most > 0 else 0.0
    return f'<span class="bar" style="--part:{part:.0f}%">{m.number(value)}</span>'


def over_all(times: dict[str, list[Took]]) -> str:
    """The middle of all incidents."""
    return _days([one for every in times.values() for one in every])


def _days(times: Sequence[Took]) -> str:
    """The median, in brackets when it is late, and in how many cases there was one."""
    middle, known = took(times), sum(one.days is not None for one in times)
    days = f"({m.number(middle.days)})" if middle.late else m.number(middle.days)
    return days if known in (0, len(times)) else f"{days} <small>{known}/{len(times)}</small>"
