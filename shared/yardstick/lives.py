"""What ends every operate.py: the command that lives one of a level's lives and writes down what was found."""

import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from carry.files import write
from yardstick.life import Life
from yardstick.office import NAMES, Office
from yardstick.year import of_commands

Name = Annotated[str, typer.Option("--life", help="one of those that --names lists")]
Names = Annotated[bool, typer.Option("--names", help="list the lives as JSON, and end")]
Where = Annotated[str, typer.Option(help="city or tlc")]
Seed = Annotated[int, typer.Option(help="of the city, and of the office")]
First = Annotated[datetime, typer.Option(help="the first morning", formats=["%Y-%m-%d"])]
Last = Annotated[datetime, typer.Option(help="the last morning", formats=["%Y-%m-%d"])]
Who = Annotated[str, typer.Option(help=f"one of {', '.join(NAMES)}")]
Usual = Annotated[Path | None, typer.Option(help="errors of the best there could be, for the riders")]
Folder = Annotated[Path, typer.Option(help="for whatever the level keeps; an empty one")]
Out = Annotated[Path | None, typer.Option(help="where to write what was found, else to the screen")]


@dataclass(frozen=True)
class Way:
    """How a level is operated. waits: whether anything waits for people, so that it matters which office they have."""

    operate: Callable[[Life], None]
    waits: bool = True


def main(ways: Mapping[str, Way]) -> None:
    """Live one of these, as the command line says."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    usually = next(iter(ways))

    def live(life: Name = usually, names: Names = False, source: Where = "city", seed: Seed = 0,
             first: First = datetime(2021, 1, 11), last: Last = datetime(2021, 3, 1), office: Who = "central",
             usual: Usual = None, folder: Folder = Path("var/year"), out: Out = None) -> None:  # fmt: skip
        """How this level lives a year; `make compare` has all levels beside each other."""
        if names:
            print(json.dumps({name: way.waits for name, way in ways.items()}))
            return
        if life not in ways or office not in NAMES:
            one_of = f"--life is one of {', '.join(ways)}; --office one of {', '.join(NAMES)}"
            print(f"operate: {one_of}", file=sys.stderr)
            raise typer.Exit(2)
        if folder.exists() and any(folder.iterdir()):
            print(f"operate: {folder} is not empty. Name another: --folder var/another", file=sys.stderr)
            raise typer.Exit(2)
        folder.mkdir(parents=True, exist_ok=True)
        year = of_commands(source, seed, first.date(), last.date())
        one = Life(life, year, Office(office, seed), folder.absolute(), read(usual))
        lived(one, ways[life], out)

    typer.run(live)


def lived(life: Life, way: Way, out: Path | None) -> None:
    """To its end; one that crashes is written down as crashed, with the days before."""
    crashed = None
    try:
        way.operate(life)
    except Exception as error:  # the others stand
        traceback.print_exc()
        crashed = f"{life.today}: {type(error).__name__}: {' '.join(str(error).split())[:300]}"
    text = json.dumps(life.found(Path.cwd().name, way.waits, crashed))
    print(text) if out is None else write(out, text.encode())


def read(usual: Path | None) -> dict[date, tuple[float, int]]:
    """Day -> sum of errors and trips; nothing where there is no file: then riders never complain."""
    if usual is None:
        return {}
    found = json.loads(usual.read_text(encoding="utf-8"))
    days = map(date.fromisoformat, found["days"])
    return {day: (errors, count) for day, errors, count in zip(days, found["errors"], found["trips"], strict=True)}
