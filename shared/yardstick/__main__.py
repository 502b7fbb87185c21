"""python -m yardstick compare | page | card | diff | climb; from the root: make compare, make diff"""

import json
import shlex
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from trips import TripsError
from yardstick.climb import climb, climb_command
from yardstick.diff import diff_command
from yardstick.diff_page import matrix_html
from yardstick.office import NAMES
from yardstick.results import Results

app = typer.Typer(add_completion=False, help=__doc__, pretty_exceptions_enable=False)
app.command("diff")(diff_command)
app.command("climb")(climb_command)
Level = Annotated[list[Path], typer.Option(help="a level's folder, once each, the lowest first")]
Learner = Annotated[Path, typer.Option(help="the level whose learner those without a level use")]
Source = Annotated[str, typer.Option(help="tlc, city, or both with a blank between them")]
Seeds = Annotated[int, typer.Option(help="cities: how many seeds", min=1)]
Who = Annotated[str, typer.Option(help=f"one of {', '.join(NAMES)}")]
Full = Annotated[bool, typer.Option("--full", help="every office, and what each capability contributes")]
Short = Annotated[bool, typer.Option("--short", help="120 days of each world")]
Report = Annotated[Path, typer.Option(help="the folder of index.html and results.json")]
Measured = Annotated[Path | None, typer.Option(help="seconds that were measured: set-up and CI of each level")]


@app.command()
def compare(level: Level, learner: Learner, source: Source = "city", seeds: Seeds = 1, office: Who = "central",
            full: Full = False, short: Short = False, report: Report = Path("report"),
            measured: Measured = None) -> None:  # fmt: skip
    """Live the worlds, judge the hypotheses, write report/index.html and report/results.json."""
    from carry.files import write
    from yardstick import hypotheses
    from yardstick.compare import Comparison, office_names
    from yardstick.page.write import write as write_page
    from yardstick.running import Failed
    from yardstick.worlds import KINDS, every

    unknown = [name for name in source.split() if name not in KINDS]
    if unknown or not source.split() or office not in NAMES:
        raise wrong(f"--source is of {', '.join(KINDS)}; --office one of {', '.join(NAMES)}")
    began, worlds = time.monotonic(), every(source, seeds, short)
    whole = Comparison([one.absolute() for one in level], learner.absolute(), report.absolute() / "kept")
    try:
        found = whole.run(worlds, office_names(office, full), full)
    except (Failed, TripsError) as error:
        raise wrong(error) from None
    results: Results = {"protocol": hypotheses.protocol_hash(), "made_by": made_by(source, seeds, office, full, short),
                        "worlds": found, "hypotheses": hypotheses.judge(found, office),
                        "climb": climb(level, measured)}  # fmt: skip
    write(report / "results.json", json.dumps(results, indent=1).encode())
    write_page(results, report / "index.html", matrix_html(level))
    lives = [life for world in found for life in world["lives"]]
    print(f"{len(lives)} lives in {time.monotonic() - began:.0f} s; read them: {report / 'index.html'}")
    for life in lives:
        if life["crashed"]:
            print(f"crashed: {life['name']}, {life['crashed']}")


def wrong(what: object) -> typer.Exit:
    """Said in one line, and the exit code of a user's mistake."""
    print(f"yardstick: {what}", file=sys.stderr)
    return typer.Exit(2)


def made_by(source: str, seeds: int, office: str, full: bool, short: bool) -> str:
    """The command that makes it again."""
    words = [f"SOURCE={shlex.quote(source)}", f"SEEDS={seeds}", f"OFFICE={office}"]
    return " ".join(["make", "compare-short" if short else "compare", *words, *(["FULL=1"] if full else [])])


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
