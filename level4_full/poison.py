"""Spoil days, and watch the loop refuse them: python poison.py kilometres 2021-03-15; loop.py once --source inbox"""

import os
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import pandas as pd

Kind = Annotated[str, typer.Argument(help="clean, truncated, or one of taxi/loop/poisons.py", metavar="KIND")]
Day = Annotated[str, typer.Argument(help="the first day, as 2021-03-15", metavar="DAY")]
Days = Annotated[int, typer.Option(help="so many days in a row", min=1, max=366)]
Where = Annotated[str, typer.Option(help="city or tlc: whose days are spoilt")]
Seed = Annotated[int, typer.Option(help="of the city")]


def main(kind: Kind, day: Day, days: Days = 1, source: Where = "city", seed: Seed = 0) -> None:
    """Write days into var/inbox, where a loop with --source inbox finds them. A spoilt day replaces the clean one."""
    import trips
    from taxi.errors import BadInput, told
    from taxi.loop.poisons import POISONS
    from taxi.loop.room import day_of
    from taxi.settings import Settings

    with told():
        if kind not in (*POISONS, "clean", "truncated"):
            raise BadInput(f"nobody knows the poison {kind!r}. Say clean, truncated, {', '.join(POISONS)}")
        first, inbox = day_of(day), Settings.given().state / "inbox"
        for one, raw in trips.days(trips.open_source(source, seed), first, first + timedelta(days=days - 1)):
            deliver(inbox, one, POISONS.get(kind, lambda rows: rows)(raw), whole=kind != "truncated")
        print(
            f"{days} days, {kind}, in {inbox}. Next: python loop.py once --source inbox --day {first + timedelta(days)}"
        )


def deliver(inbox: Path, day: date, raw: "pd.DataFrame", whole: bool = True) -> None:
    """A day's file; half of one where it is not whole."""
    inbox.mkdir(parents=True, exist_ok=True)
    path = inbox / f"{day}.parquet"
    beside = path.with_suffix(".part")
    raw.to_parquet(beside, index=False)
    if not whole:
        beside.write_bytes(beside.read_bytes()[: beside.stat().st_size // 2])
    beside.replace(path)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    typer.run(main)
