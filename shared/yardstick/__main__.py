"""python -m yardstick compare | page | card | diff | climb; from the root: make compare, make diff"""

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from trips import TripsError
from yardstick.climb import climb, climb_command
from yardstick.diff import diff_command
from yardstick.diff_page import matrix_html
from yardstick.office import NAMES
from yardstick.results import Results, World

app = typer.Typer(add_completion=False, help=__doc__, pretty_exceptions_enable=False)
app.command("diff")(diff_command)
app.command("climb")(climb_command)
Level = Annotated[list[Path], typer.Option(help="a level's folder, once each, the lowest first")]
Learner = Annotated[Path, typer.Option(help="the level whose learner those without a level use")]
Source = Annotated[str, typer.Option(help="of tlc, city, placebo; several with a blank between them")]
Seeds = Annotated[int, typer.Option(help="how many of each simulated one", min=1)]
Who = Annotated[str, typer.Option(help=f"of {', '.join(NAMES)}; several with a blank between them")]
Full = Annotated[bool, typer.Option("--full", help="every office, and --variants")]
Variants = Annotated[bool, typer.Option("--variants", help="what each capability contributes")]
Short = Annotated[bool, typer.Option("--short", help="120 days of each world")]
Add = Annotated[bool, typer.Option("--add", help="keep the other worlds of the report that is there")]
Report = Annotated[Path, typer.Option(help="the folder of index.html and results.json")]
Measured = Annotated[Path | None, typer.Option(help="seconds that were measured: set-up and CI of each level")]


@app.command()
def compare(level: Level, learner: Learner, source: Source = "city", seeds: Seeds = 1, office: Who = "central",
            full: Full = False, variants: Variants = False, short: Short = False, add: Add = False,
            report: Report = Path("report"), measured: Measured = None) -> None:  # fmt: skip
    """Live the worlds, judge the hypotheses, write report/index.html and report/results.json."""
    from carry.files import write
    from yardstick.compare import Comparison
    from yardstick.order import Order
    from yardstick.page.write import write as write_page
    from yardstick.running import Failed

    began, path = time.monotonic(), report / "results.json"
    whole = Comparison([one.absolute() for one in level], learner.absolute(), report.absolute() / "kept")
    try:
        order = Order(source, seeds, office, full, variants, short, add)
        there = read(path) if add and path.exists() else None
        found = whole.run(order.worlds, order.offices, full or variants)
    except (Failed, TripsError, ValueError) as error:
        raise wrong(error) from None
    results = order.results(found, there, climb(level, measured))
    write(path, json.dumps(results, separators=(",", ":")).encode())
    write_page(results, report / "index.html", matrix_html(level))
    told(found, time.monotonic() - began, report / "index.html")


def told(worlds: Sequence[World], seconds: float, page: Path) -> None:
    lives = [life for world in worlds for life in world["lives"]]
    print(f"{len(lives)} lives in {seconds:.0f} s; read them: {page}")
    for life in lives:
        if life["crashed"]:
            print(f"crashed: {life['name']}, {life['crashed']}")


def wrong(what: object) -> typer.Exit:
    """Said in one line, and the exit code of a user's mistake."""
    print(f"yardstick: {what}", file=sys.stderr)
    return typer.Exit(2)


@app.command()
def page(results: Annotated[Path, typer.Argument(help="a results.json")], out: Path, hero: Path | None = None,
         level: Annotated[list[Path] | None, typer.Option(help="as for compare")] = None) -> None:  # fmt: skip
    """The page again, of results that are there; with --hero a folder, the pictures of the front page."""
    from yardstick.page.hero import hero as draw
    from yardstick.page.write import write

    found = read(results)
    write(found, out, matrix_html(level) if level else "")
    if hero is not None:
        draw(found, hero)


@app.command()
def card(results: Annotated[Path, typer.Argument(help="a results.json with the real stream")]) -> None:
    """The scorecard as Markdown, for a README."""
    from yardstick.card import card

    print(card(read(results)))


def read(path: Path) -> Results:
    """What `compare` wrote; a mistake of the user ends here."""
    try:
        found: Results = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise wrong(f"{path} holds no results ({error}). Make some: make compare") from None
    return found


if __name__ == "__main__":
    app()
