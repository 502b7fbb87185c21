"""HTML and numbers, in small pieces. What comes from results is escaped here and nowhere else."""

import json
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

NONE = '<span class="none">–</span>'


def text(value: object) -> str:
    """Any text, as it may stand in HTML."""
    return escape(str(value))


def number(value: float | None, digits: int = 0) -> str:
    """With commas between thousands; a dash where there is none."""
    if value is None:
        return NONE
    return f"{0 if round(value, digits) == 0 else value:,.{digits}f}".replace("-", "\u2212")


def percent(share: float | None, digits: int = 0) -> str:
    return NONE if share is None else f"{number(100 * share, digits)}\u202f%"


def signed(value: float | None, digits: int = 0) -> str:
    return f"+{number(value, digits)}" if value is not None and round(value, digits) > 0 else number(value, digits)


def count(amount: float, noun: str, digits: int = 0) -> str:
    """3 hours, 1 hour."""
    return f"{number(amount, digits)} {noun}{'' if round(amount, digits) == 1 else 's'}"


def spelled(amount: int) -> str:
    """One to nine as words."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[amount] if amount < len(words) else str(amount)


def listed(words: Sequence[str]) -> str:
    """a, b and c."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""


def row(head: str, cells: Iterable[str], kind: str = "") -> str:
    """A row of a table, its first cell the header. All of it HTML."""
    inside = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr class="{kind}"><th scope="row">{head}</th>{inside}</tr>'


def heads(names: Iterable[str]) -> str:
    return "<tr>" + "".join(f'<th scope="col">{name}</th>' for name in names) + "</tr>"


def table(caption: str, head: str, body: str, kind: str = "") -> str:
    """head and body: rows. Scrolls sideways where it is wider than the page, by keyboard too."""
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{caption}"><table class="{kind}">'
        f"<caption>{caption}</caption><thead>{head}</thead><tbody>{body}</tbody></table></div>"
    )


def details(summary: str, inside: str) -> str:
    return f"<details><summary>{summary}</summary>{inside}</details>"


def paragraph(*sentences: str) -> str:
    return f"<p>{' '.join(filter(None, sentences))}</p>"


def choice(stream: str, office: str, inside: str, shown: bool) -> str:
    """A part of the page that is there while that stream and office are chosen; an empty name fits any."""
    hidden = "" if shown else " hidden"
    return f'<div class="choice" data-stream="{stream}" data-office="{text(office)}"{hidden}>{inside}</div>'


def plot(kind: str, title: str, stream: str = "") -> str:
    """The place of a plot, which the browser draws; of the chosen stream unless one is named."""
    return f'<div class="plot" data-plot="{kind}" data-title="{text(title)}" data-stream="{stream}"></div>'


def data(value: Any) -> str:
    """JSON that may stand in a script element: no < ends it early."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
