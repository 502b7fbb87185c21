"""Every level through the same worlds, each in its own environment; what was lived already is not lived again."""

import json
import os
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from yardstick.files import write
from yardstick.office import NAMES
from yardstick.results import LifeFound, World
from yardstick.worlds import Where

SHARED = Path(__file__).parents[1]
GIGABYTES_EACH = 2.5  # of a life that keeps a registry
CODE = {".py", ".ipynb", ".txt"}


@dataclass(frozen=True)
class Job:
    """One life in one world. office: as it is run; waits: whether it matters."""

    where: Where
    level: Path
    life: str
    office: str
    waits: bool

    @property
    def name(self) -> str:
        return f"{self.life} ({self.office})" if self.waits else self.life


class Comparison:
    """levels: folders with an operate.py. learner: the level whose model the peers fit. kept: of what was lived."""

    def __init__(self, levels: Sequence[Path], learner: Path, kept: Path) -> None:
        self.levels, self.learner, self.kept = list(levels), learner, kept

    def jobs(self, where: Where, offices: Sequence[str], variants: bool) -> list[Job]:
        """The lives of a world. variants: those with a comma in their name, too."""
        found = []
        for level in self.levels:
            for life, waits in json.loads(asked(level, "operate.py", "--names")).items():
                if variants or "," not in life:
                    found += [Job(where, level, life, office, waits) for office in (offices if waits else offices[:1])]
        return found

    def run(self, worlds: Sequence[Where], offices: Sequence[str], variants: bool) -> list[World]:
        """All of it; lives beside each other, as many as memory and processors allow.

        Raises Failed for a level that is not set up, and what a source raises that has not the days.
        """
        for where in worlds:
            where.year().raw(where.year().last)
        jobs = [job for where in worlds for job in self.jobs(where, offices, variants)]
        columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, disable=not os.isatty(1)) as progress:
            task = progress.add_task("lives", total=len(jobs) + len(worlds))
            for where in worlds:
                self.peers(where)
                progress.advance(task)
            with ThreadPoolExecutor(beside()) as pool:
                lived: list[LifeFound] = []
                for found in pool.map(self.life, jobs[::-1]):  # the highest levels take longest: they begin
                    lived.insert(0, found)
                    progress.update(task, advance=1, description=f"lives, {found['name']} done")
        return [self.world(where, [life for job, life in zip(jobs, lived, strict=True) if job.where == where])
                for where in worlds]  # fmt: skip

    def world(self, where: Where, lives: list[LifeFound]) -> World:
        peers = [json.loads(path.read_text()) for path in sorted(self.peers(where).glob("*.json"))]
        days = [str(day) for day in where.year().days()]
        return {"source": where.source, "seed": where.seed, "kind": where.kind, "days": days,
                "incidents": where.happened(), "lives": [*lives, *peers]}  # fmt: skip

    def peers(self, where: Where) -> Path:
        """The folder with what they found."""
        folder = self.kept / where.name / code_of(self.learner, SHARED) / "peers"
        if not (folder / "oracle.json").exists():  # written last
            year = where.year()
            words = [where.source, where.seed, year.first, year.last, folder, "--workers", os.cpu_count() or 1]
            asked(self.learner, "-m", "yardstick.peers", *words, incidents=year.incidents)
            best = json.loads((folder / "oracle.json").read_text())
            usual = {"days": [str(day) for day in year.days()], "errors": best["errors"], "trips": best["trips"]}
            write(folder.parent / "usual.json", json.dumps(usual).encode())
        return folder

    def life(self, job: Job) -> LifeFound:
        """Lived, or read where the same code lived it before. One that cannot even write is written down as crashed."""
        common = self.peers(job.where).parent
        folder = common / code_of(job.level, SHARED)
        out, place, year = (
            folder / f"{job.name}.json".replace("/", "-"),
            folder / job.name.replace("/", "-"),
            job.where.year(),
        )
        if not out.exists():
            empty(place)
            words = ["--life", job.life, "--source", job.where.source, "--seed", job.where.seed, "--first", year.first,
                     "--last", year.last, "--office", job.office, "--usual", common / "usual.json", "--folder", place,
                     "--out", out]  # fmt: skip
            try:
                said = asked(job.level, "operate.py", *words, incidents=year.incidents)
                write(out.with_suffix(".log"), said.encode())
            except Failed as failed:
                return crashed(job, str(failed))
            finally:
                empty(place)
        found: LifeFound = json.loads(out.read_text())
        if found["crashed"]:
            out.unlink()  # the next run tries again
        return found


class Failed(Exception):
    """A process of a level ended badly; its last words."""


def asked(level: Path, *words: Any, incidents: Sequence[Any] = ()) -> str:
    """What a command of a level says, run with its own python, in its folder. Raises Failed."""
    happens = " ".join(f"{one.kind}:{one.start}:{one.end}:{one.size}" for one in incidents)
    env = {name: value for name, value in os.environ.items() if not name.startswith("TAXI_")}
    env |= {"OMP_NUM_THREADS": "1", "TRIPS_INCIDENTS": happens}
    command = [str(level / ".venv" / "bin" / "python"), *map(str, words)]
    try:
        done = subprocess.run(command, cwd=level, env=env, capture_output=True, text=True, check=False)
    except OSError as error:
        raise Failed(f"{level.name} is not set up ({error.strerror}). Set it up: make setup") from None
    if done.returncode:
        raise Failed(f"{level.name}: {' '.join(done.stderr.split())[-400:]}")
    return done.stdout


def crashed(job: Job, why: str) -> LifeFound:
    return {"name": job.life, "level": job.level.name, "office": job.office if job.waits else None, "errors": [],
            "trips": [], "bad": [], "worst": {}, "acts": [], "hours": {}, "fits": 0, "seconds": 0.0,
            "crashed": why}  # fmt: skip


def beside() -> int:
    """How many lives at once."""
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9 if hasattr(os, "sysconf") else 4
    return max(1, min(os.cpu_count() or 1, int(free / GIGABYTES_EACH)))


def code_of(level: Path, shared: Path) -> str:
    """sha256 of the code that a life depends on: the level's, without tests, and what it uses of shared."""
    digest = sha256()
    homes = [level, shared / "trips", *(shared / "yardstick").glob("*.py")]
    for home in homes:
        paths = [home] if home.is_file() else sorted(path for path in home.rglob("*") if counts(path.relative_to(home)))
        for path in paths:
            if path.suffix in CODE and path.name not in SHOWN:
                digest.update(f"{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


SHOWN = {
    "compare.py",
    "hypotheses.py",
    "score.py",
    "climb.py",
    "diff.py",
    "__main__.py",
}  # they only tell what was found
ASIDE = {".venv", "var", "tests", "exercises", "__pycache__", "dist", "build"}


def counts(path: Path) -> bool:
    return not ASIDE & set(path.parts) and not any(part.startswith(".") for part in path.parts)


def empty(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def office_names(name: str, every: bool) -> list[str]:
    """The one that is asked for first; with `every`, all."""
    return [name, *(one for one in NAMES if one != name)] if every else [name]
