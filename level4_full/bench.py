"""How fast the service starts and answers, how much memory it takes, how fast a file is scored: python bench.py

Each figure stands beside that of the least that could do the job, measured in turns in the same run: a machine that is
busy slows both, so the ratio is the figure to compare. Everything stays on the loopback and in a temporary folder.
"""

import asyncio
import itertools
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from bench_client import load, questions

CONNECTIONS, WARM_UP = 8, 0.5
COPY = "import sys, pandas; pandas.read_parquet(sys.argv[1]).to_parquet(sys.argv[3])"
Figures = dict[str, float]
Rounds = Annotated[int, typer.Option(help="of each, in turns; medians are shown", min=1)]
Seconds = Annotated[float, typer.Option(help="of load, a round", min=0.1)]
Rows = Annotated[int, typer.Option(help="trips in the file to score; 0 leaves that out", min=0)]


def main(rounds: Rounds = 3, seconds: Seconds = 2.0, rows: Rows = 1_000_000) -> None:
    """Measure serve.py beside a constant answer, and predict.py beside reading and writing alone."""
    os.chdir(Path(__file__).parent)
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # as under make
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}, medians of {rounds} in turns")
    if sys.dont_write_bytecode:
        print("PYTHONDONTWRITEBYTECODE is set: what is not compiled yet is compiled at every start")
    services = ["serve.py", "--port", "0"], ["bench_constant.py"]
    lives = [[served(command, seconds) for command in services] for _ in range(rounds)]
    show(f"{CONNECTIONS} connections", ("serve.py", "a constant"), lives)
    if rows:
        with TemporaryDirectory() as folder:
            files = [simulate(f"{folder}/trips.parquet", rows), "--out", f"{folder}/minutes.parquet"]
            verbs = ["predict.py", *files], ["-c", COPY, *files]
            runs = [[scored(command, rows) for command in verbs] for _ in range(rounds)]
        show(f"{rows:,} trips", ("predict.py", "pandas alone"), runs)


def served(command: list[str], seconds: float) -> Figures:
    """One life of a service: started, asked once, loaded, weighed, stopped."""
    asked, begin = itertools.cycle(questions()), time.perf_counter()
    with started(command) as (pid, port):
        asyncio.run(load(port, asked, 1, 0))
        start = time.perf_counter() - begin
        asyncio.run(load(port, asked, CONNECTIONS, WARM_UP))
        cpu, before = cpu_seconds(pid), time.perf_counter()
        answers = asyncio.run(load(port, asked, CONNECTIONS, seconds))
        took, cpu = time.perf_counter() - before, cpu_seconds(pid) - cpu
        figures = {"start to first answer, s": start, "requests/s": answers / took}
        return figures | {"CPU a request, µs": 1e6 * cpu / answers} | memory(pid)


@contextmanager
def started(command: list[str]) -> Iterator[tuple[int, int]]:
    """A service's process id and port, as soon as it listens; stopped afterwards. Exits with it when it does not."""
    with subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            if not (found := re.search(r" on http://127\.0\.0\.1:(\d+)", process.stdout.readline())):
                raise SystemExit(process.wait())  # it said why
            yield process.pid, int(found[1])
        finally:
            process.terminate()


def cpu_seconds(pid: int) -> float:
    """Processor time of a process so far; NaN where there is no /proc."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return float("nan")
    fields = stat.read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> Figures:
    """MiB resident, and where Linux tells, PSS: with shared pages divided among those who share them."""
    resident = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True).stdout
    figures, rollup = {"memory, RSS MiB": int(resident) / 1024}, Path(f"/proc/{pid}/smaps_rollup")
    if rollup.exists() and (found := re.search(r"\nPss:\s+(\d+)", rollup.read_text())):
        figures["memory, PSS MiB"] = int(found[1]) / 1024
    return figures


def simulate(path: str, rows: int) -> str:
    """A file of so many trips, all different, as TLC publishes them: as many cities' Februaries as it takes."""
    import pandas as pd

    from trips import City

    months: list[pd.DataFrame] = []
    while sum(map(len, months)) < rows:
        months.append(City(seed=len(months)).month("2021-02"))
    pd.concat(months, ignore_index=True)[:rows].to_parquet(path)
    return path


def scored(command: list[str], rows: int) -> Figures:
    """A verb run to its end: trips a second, Python's own start included, and what it took of the processor."""
    before, begin = os.times(), time.perf_counter()
    if code := subprocess.run([sys.executable, *command], stdout=subprocess.DEVNULL).returncode:
        raise SystemExit(code)  # it said why
    took, after = time.perf_counter() - begin, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return {"whole run, s": took, "trips/s": rows / took, "CPU, s": cpu}


def show(title: str, names: tuple[str, str], rounds: Sequence[Sequence[Figures]]) -> None:
    """A table of medians, and of the median of each round's ratio."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(title, *names, "ratio", box=box.SIMPLE)
    for column in table.columns[1:]:
        column.justify = "right"
    for name in rounds[0][0]:
        ours, least = ([figures[name] for figures in side] for side in zip(*rounds, strict=True))
        ratios = [a / b for a, b in zip(ours, least, strict=True)]
        table.add_row(name, *(f"{v:,.0f}" if v >= 100 else f"{v:.3g}" for v in map(median, (ours, least, ratios))))
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
