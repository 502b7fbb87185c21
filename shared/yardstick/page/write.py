"""One file, no network: the words and tables of every stream and office, and the data that the plots are drawn from."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from carry.files import write as save
from yardstick.page import climb, judged, money, palette, seeds, timeline, variants
from yardstick.page import markup as m
from yardstick.page.board import Board, board
from yardstick.page.headline import headline
from yardstick.page.lives import folders, ladder, offices, streams, usual
from yardstick.page.sheet import sheet
from yardstick.page.steps import UNIT
from yardstick.page.surprises import surprises
from yardstick.results import Results

HERE = Path(__file__).parent
SCRIPTS = ("svg", "lines", "bars", "strips", "money", "page")
Part = Callable[[Board, str], str]


def write(results: Results, path: Path, between: str = "") -> None:
    """The page of a comparison, to be opened in a browser. Raises ValueError where there is nothing to show.

    between: what changes from level to level, as HTML: see `yardstick.diff_page`.
    """
    save(path, page(results, between).encode())


def page(results: Results, between: str = "") -> str:
    """All of it as HTML."""
    if not any(world["lives"] for world in results["worlds"]):
        raise ValueError("the results hold no life: run the comparison first, then write its page")
    there, levels = offices(results["worlds"]), ladder(results["worlds"])
    boards = [board(stream, there, levels) for stream in streams(results)]
    parts = _parts(results, boards, there, levels) | {"between": between or m.paragraph("Not looked at in this run.")}
    template = (HERE / "template.html").read_text()
    return re.sub(r"{{(\w+)}}", lambda place: parts[place[1]], template)  # once over it: what comes in is not searched


def _parts(results: Results, boards: Sequence[Board], there: Sequence[str], levels: Sequence[str]) -> dict[str, str]:
    named = folders(results["worlds"])
    hours = money.build_hours(results["climb"], named, levels)
    many = [one for one in boards if len(one.stream.worlds) > 1]
    return {
        "style": palette.css() + (HERE / "page.css").read_text(), "script": script(),
        "levels": m.spelled(len(levels)).capitalize(), "made_by": m.text(results["made_by"]),
        "codes": _codes(results),
        "streams": _radios("stream", [one.stream.name for one in boards], boards[0].stream.name),
        "offices": _radios("office", there, usual(there)),
        "score": every(boards, headline),
        "timeline": every(boards, timeline.words), "months": every(boards, timeline.by_month),
        "surprises": every(boards, surprises),
        "variants": every(boards, variants.words), "variant_table": every(boards, variants.table),
        "sliders": money.controls(levels, hours), "climb": climb.section(results["climb"]),
        "judged": judged.section(results["hypotheses"], results["protocol"]), "seeds": _seeds(many),
        "sheet": every(boards, lambda one, office: sheet(one, office, named)), "data": m.data(_data(boards)),
    }  # fmt: skip


def _codes(results: Results) -> str:
    """Said where worlds were lived by different states of the levels."""
    found = len({world["code"] for world in results["worlds"]})
    return m.paragraph(f"The worlds were lived by {m.spelled(found)} states of the code.") if found > 1 else ""


def every(boards: Sequence[Board], part: Part) -> str:
    """A part for each stream and office; the first stream and the usual office are shown."""
    return "".join(
        m.choice(one.stream.name, office, part(one, office), at == 0 and office == usual(one.offices))
        for at, one in enumerate(boards) for office in one.rows
    )  # fmt: skip


def script() -> str:
    """The plots and the switches, in the order in which they need each other."""
    return "\n".join((HERE / "charts" / f"{name}.js").read_text() for name in SCRIPTS)


def _seeds(many: Sequence[Board]) -> str:
    """A plot for each stream that was lived more than once."""
    if not many:
        return m.paragraph("No stream was lived with more than one seed, so how much is luck cannot be said.")
    intro = f"Excess over the oracle, {UNIT}: a dot is a seed, the bar the median, the line holds nine of ten seeds."
    return m.paragraph(intro) + "".join(
        seeds.title(one) + every_office(one, seeds.words)
        + m.plot("strips", f"Excess error over the oracle, {one.stream.title}", one.stream.name)
        + m.details("The same as a table", every_office(one, seeds.table)) for one in many
    )  # fmt: skip


def every_office(one: Board, part: Part) -> str:
    return "".join(m.choice("", office, part(one, office), office == usual(one.offices)) for office in one.rows)


def _radios(name: str, values: Sequence[str], chosen: str) -> str:
    """A switch; nothing where there is nothing to choose."""
    if not values:
        return ""
    buttons = "".join(
        f'<label><input type="radio" name="{name}" value="{m.text(value)}"{" checked" if value == chosen else ""}>'
        f"<span>{m.text(value)}</span></label>" for value in values
    )  # fmt: skip
    return f"<fieldset><legend>{name}</legend>{buttons}</fieldset>"


def _data(boards: Sequence[Board]) -> dict[str, Any]:
    return {
        "streams": {one.stream.name: {"timeline": timeline.drawn(one), "offices": {
            office: {"bars": variants.drawn(one, office), "money": money.rows(one, office),
                     "strips": seeds.drawn(one, office) if len(one.stream.worlds) > 1 else []}
            for office in one.rows}} for one in boards},
    }  # fmt: skip
