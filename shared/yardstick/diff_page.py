"""What changed between levels, as a piece of a page: every pair in figures, and what each step up brings, by file."""

import html
from collections.abc import Sequence
from itertools import groupby, pairwise
from pathlib import Path

from yardstick.diff import Change, Row, compare, matrix, row, said
from yardstick.diff_show import MARKS
from yardstick.tree import read

STYLE = """
.between table { border-collapse: collapse } .between .wide { overflow-x: auto }
.between th, .between td { padding: .25rem .8rem .25rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid #8886 }
.between caption { text-align: left }
.between .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.between summary { cursor: pointer; padding: .4rem 0 } .between h4 { margin: .8rem 0 .2rem }
.between code { white-space: nowrap }
"""
HEADS = ("files added", "changed", "dropped", "lines +", "lines −")


def matrix_html(levels: Sequence[Path]) -> str:
    """A fragment without script or anything to load: the table of all pairs, then each neighbouring pair to unfold.

    levels: lowest first.
    """
    steps = "".join(_step(lower, higher) for lower, higher in pairwise(levels))
    return f'<div class="between"><style>{STYLE}</style>\n{table(matrix(levels))}\n{steps}</div>\n'


def table(rows: Sequence[Row]) -> str:
    """A line for every pair."""
    heads = "".join(f'<th scope="col" class="n">{head}</th>' for head in HEADS)
    lines = "".join(
        f'<tr><th scope="row">{_safe(one.lower)} → {_safe(one.higher)}</th>{_numbers(one)}</tr>\n' for one in rows
    )
    return f"""<div class="wide"><table><caption>Files of every kind; lines without tests, lessons and locks.</caption>
<thead><tr><th scope="col">from → to</th>{heads}</tr></thead>
<tbody>{lines}</tbody></table></div>"""


def _numbers(one: Row) -> str:
    values = (one.added, one.changed, one.dropped, one.plus, one.minus)
    return "".join(f'<td class="n">{value:,}</td>' for value in values)


def _step(lower: Path, higher: Path) -> str:
    changes = compare(read(lower), read(higher))
    head = f"<b>{_safe(lower.name)} → {_safe(higher.name)}</b>: {said(row(lower.name, higher.name, changes))}"
    groups = "".join(_group(name, list(some)) for name, some in groupby(changes, key=lambda one: one.group))
    return f"<details><summary>{head}</summary>{groups}</details>\n"


def _group(name: str, changes: Sequence[Change]) -> str:
    lines = "".join(
        f'<tr><td title="{one.kind}">{MARKS[one.kind]}</td><td><code>{_safe(one.path)}</code></td>'
        f'<td class="n">{_signed("+", one.plus)}</td><td class="n">{_signed("−", one.minus)}</td>'
        f"<td>{_safe(one.about)}</td></tr>\n"
        for one in changes
    )
    return f'<h4>{_safe(name)}</h4><div class="wide"><table>{lines}</table></div>\n'


def _signed(sign: str, lines: int) -> str:
    return f"{sign}{lines:,}" if lines else ""


def _safe(text: str) -> str:
    return html.escape(text.encode("utf-8", "replace").decode())
