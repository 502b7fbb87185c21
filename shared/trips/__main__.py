"""python -m trips: list, describe, fetch and simulate months.

pandas, pyarrow and rich are imported by the command that uses them, so that `--help` answers at once.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trips.errors import BadName, DownloadFailed, MonthUnavailable, TripsError

if TYPE_CHECKING:
    from trips.sources import Source

app = typer.Typer(
    help="Months of green-taxi trips: New York's real ones, and those of a simulated city.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
Month = Annotated[str, typer.Argument(metavar="MONTH", help="as in 2021-01", show_default=False)]
Months = Annotated[list[str], typer.Argument(metavar="MONTH", help="2021-01, or many: 2020-03..2021-05")]
Origin = Annotated[str | None, typer.Option("--source", metavar="city|tlc", help="default: tlc where it has the month")]
Seed = Annotated[int | None, typer.Option(help="which city, 0 or more")]
Incidents = Annotated[
    list[str] | None,
    typer.Option("--incident", metavar="KIND:START:END:SIZE", help="as lockdown:2021-03-01:2021-05-01:0.6; repeatable"),
]
Retries = Annotated[int, typer.Option(min=0, help="attempts after the first")]
Timeout = Annotated[float, typer.Option(min=0.1, help="seconds of silence after which the server has stalled")]


@app.command("list")
def list_months(source: Origin = None) -> None:
    """The months there are."""
    from trips import screen
    from trips.sources import City, open_source

    if source is not None:
        open_source(source)
    if source != "tlc":
        months = City().months()
        print(f"city: {months[0]} to {months[-1]}, simulated when asked for")
    if source != "city":
        try:
            screen.show("tlc: real months in TRIPS_DIR", screen.real_months())
        except MonthUnavailable as error:
            if source == "tlc":
                raise
            print(f"tlc: {error}")


@app.command()
def describe(month: Month, source: Origin = None, seed: Seed = None, incident: Incidents = None) -> None:
    """A month in figures beside the real January 2021, and what cleaning drops of it."""
    from trips import screen

    origin, why = choose(month, source, seed, incident or ())
    raw = origin.month(month)
    screen.show(f"{month} of the source {origin.name} ({why}), in figures", screen.month_in_figures(raw, month))
    screen.show("cleaning: what is left is what every level trains on and is scored on", screen.cleaning(raw))


@app.command()
def fetch(months: Months, retries: Retries = 5, timeout: Timeout = 30) -> None:
    """Download real months into TRIPS_DIR. After an interruption the same command resumes."""
    from trips import fetch as fetching
    from trips.screen import bar

    for number, month in enumerate(fetching.expand(months)):
        with bar(month, retries, timeout) as patience:
            new = fetching.fetch(month, patience)
        print(f"{month}: {'fetched' if new else 'already there'}")
        if number == 0:
            _fetch_zones(retries, timeout)


def _fetch_zones(retries: int, timeout: float) -> None:
    from trips import fetch as fetching
    from trips.screen import bar

    try:
        with bar("zone table", retries, timeout) as patience:
            fetching.fetch_zones(patience)
    except TripsError as error:
        print(f"warning: no zone table, so every borough is Unknown: {_line(error)}", file=sys.stderr)


@app.command("simulate")
def simulate_month(
    month: Month,
    out: Annotated[Path, typer.Option(help="the parquet file to write", show_default=False)],
    seed: Seed = None,
    incident: Incidents = None,
    force: Annotated[bool, typer.Option("--force", help="replace the file")] = False,
) -> None:
    """Write a month of the simulated city as TLC would have published it."""
    from trips.city import Incident
    from trips.simulate import simulate

    rows = simulate(month, out, seed or 0, [Incident.parse(text) for text in incident or ()], force)
    print(f"{out}: {rows:,} trips of {month}, city {seed or 0}")


def choose(month: str, name: str | None, seed: int | None, incidents: Sequence[str]) -> "tuple[Source, str]":
    """The source to use, and why. Unnamed: tlc when TRIPS_DIR has the month, unless something of the city is asked for.

    Raises BadName for a source that does not exist, or a seed or incidents for real months.
    """
    from trips.city import Incident
    from trips.sources import open_source
    from trips.tlc import file_name

    folder = os.environ.get("TRIPS_DIR", "")
    why = "as asked"
    if name is None and (seed is not None or incidents):
        name, why = "city", "it takes seeds and incidents"
    elif name is None and folder and (Path(folder) / file_name(month)).is_file():
        name, why = "tlc", "TRIPS_DIR has it"
    elif name is None:
        name, why = "city", f"TRIPS_DIR {'does not have it' if folder else 'is not set'}"
    if name == "tlc" and seed is not None:
        raise BadName("real months take no seed. Use the source city, or leave the seed out")
    return open_source(name, seed or 0, [Incident.parse(text) for text in incidents]), why


def _line(error: TripsError) -> str:
    return " ".join(str(error).split())


def main() -> None:
    """Run a command: a user's mistake is one line and exit code 2, a failed download 1, Ctrl-C 130."""
    try:
        app(prog_name="python -m trips")
    except TripsError as error:
        print(f"error: {_line(error)}", file=sys.stderr)
        sys.exit(1 if isinstance(error, DownloadFailed) else 2)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
