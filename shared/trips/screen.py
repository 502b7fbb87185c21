"""What `python -m trips` shows: months, figures, what cleaning drops, and a download on its way."""

from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from rich import box
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table

from trips.city.calibration import REAL_2021_01
from trips.contract import clean
from trips.describe import figures
from trips.download import Patience
from trips.tlc import Tlc, file_name, folder


def show(title: str, table: Table) -> None:
    """Print a table to stdout, under a line that names it."""
    print(title)  # not the table's own title, which breaks a long one at the table's width
    Console().print(table)


def real_months() -> Table:
    """Each month in TRIPS_DIR with its megabytes and rows, from the files' metadata; a broken file says so.

    Raises MonthUnavailable when TRIPS_DIR is not set or holds none.
    """
    table = _table("month", "MB", "rows")
    for month in Tlc().months():
        path = folder() / file_name(month)
        try:
            rows = f"{pq.read_metadata(path).num_rows:,}"
        except (pa.ArrowInvalid, OSError):
            rows = f"broken: python -m trips fetch {month}"
        table.add_row(month, f"{path.stat().st_size / 1e6:.1f}", rows)
    return table


def month_in_figures(raw: pd.DataFrame, name: str) -> Table:
    """The figures of a raw month beside those that the city is calibrated on, and the difference in percent."""
    table = _table("figure", name, "2021-01, real", "difference, %")
    for figure, value in figures(raw).items():
        real = REAL_2021_01[figure]
        percent = f"{round(100 * (value / real - 1), 1) + 0.0:+.1f}" if real else ""  # + 0.0: never "-0.0"
        table.add_row(figure, _number(value), _number(real), percent)
    return table


def cleaning(raw: pd.DataFrame) -> Table:
    """What cleaning drops of a raw month, rule by rule; a row counts once, at the first rule that it breaks."""
    _, report = clean(raw)
    table = _table("", "rows", "%")
    counts = {"raw": report.rows, **{f"dropped: {name}": n for name, n in report.dropped.items()}, "left": report.left}
    for name, count in counts.items():
        table.add_row(name, f"{count:,}", f"{100 * count / report.rows:.2f}")
    return table


@contextmanager
def bar(what: str, retries: int, timeout: float) -> Iterator[Patience]:
    """Patience that shows on stderr what it does: a bar with size and speed, and a line for every retry."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as rich_bar:

        def progress(done: int, total: int | None) -> None:
            if not rich_bar.tasks:  # what an earlier attempt left must not count as speed
                rich_bar.add_task(what, total=total, completed=done)
            rich_bar.update(rich_bar.tasks[0].id, completed=done, total=total)

        def note(text: str) -> None:
            console.print(f"{what}: {text}", markup=False, highlight=False, soft_wrap=True)

        yield Patience(retries, timeout=timeout, progress=progress, note=note)


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE)
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    return table


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.4g}"
