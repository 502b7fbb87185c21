"""Seconds and megabytes to load, clean and simulate a month, beside pandas reading the raw file: make bench

A real month when TRIPS_DIR has 2021-01, else a simulated one. Interleaved (A B C A B C ...), so that a machine that is
busy with other work slows all of them alike: the ratio is what counts. Medians of seven rounds after a warm-up.
"""

import os
import resource
import sys
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from rich import box
from rich.console import Console
from rich.table import Table

MONTH = "2021-01"
ROUNDS = 7
TARGET_SECONDS = 0.3


# Imports are made where they are used: the processes that measure memory start from this module, and need a bare one.
def read_raw(file: Path) -> None:
    import pandas as pd

    pd.read_parquet(file)


def load_and_clean(file: Path) -> None:
    import trips
    from trips.tlc import read

    trips.clean(read(file, MONTH))


def simulate_a_month(file: Path) -> None:
    import trips

    trips.open_source("city").month(MONTH)


def write_a_month(file: Path) -> None:
    from trips.simulate import simulate

    simulate(MONTH, file)


Task = Callable[[Path], None]
TASKS: dict[str, Task] = {
    "pandas, raw file read": read_raw,
    "trips, loaded and cleaned": load_and_clean,
    "trips, simulated": simulate_a_month,
}


def alone(task: Task, file: Path) -> float:
    """Peak megabytes of a new process that does the task once, imports included."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(peak, (task, file))


def peak(task: Task, file: Path) -> float:
    task(file)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


def interleaved(file: Path) -> dict[str, float]:
    """Median seconds of each task."""
    seconds: dict[str, list[float]] = {name: [] for name in TASKS}
    for number in range(ROUNDS + 1):
        for name, task in TASKS.items():
            started = time.perf_counter()
            task(file)
            if number:  # the first round warms up
                seconds[name].append(time.perf_counter() - started)
    return {name: median(times) for name, times in seconds.items()}


def show(file: Path, what: str) -> None:
    # memory first: a child of a process that has grown is reported with the size of its parent
    megabytes = {name: alone(task, file) for name, task in TASKS.items()}
    seconds = interleaved(file)
    first = next(iter(TASKS))
    table = Table("", "seconds", "times pandas", f"under {TARGET_SECONDS} s", "peak MB", box=box.SIMPLE)
    for column in table.columns[1:]:
        column.justify = "right"
    for name, time_taken in seconds.items():
        ratio = "" if name == first else f"{time_taken / seconds[first]:.1f}"
        target = "" if name == first else "yes" if time_taken < TARGET_SECONDS else "NO"
        table.add_row(name, f"{time_taken:.3f}", ratio, target, f"{megabytes[name]:.0f}")
    print(f"{what}, median of {ROUNDS}")
    Console().print(table)


def main() -> None:
    real = Path(os.environ.get("TRIPS_DIR", "")) / f"green_tripdata_{MONTH}.parquet"
    if os.environ.get("TRIPS_DIR") and real.is_file():
        show(real, f"{MONTH}, the real month")
        return
    with TemporaryDirectory() as folder:
        file = Path(folder) / "month.parquet"
        alone(write_a_month, file)
        show(file, f"{MONTH}, simulated (set TRIPS_DIR for the real one)")


if __name__ == "__main__":
    main()
