"""Every level through the same worlds, each in its own environment; what was lived already is not lived again."""

import json
import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from carry.files import write
from yardstick.office import NAMES
from yardstick.results import LifeFound, World
from yardstick.running import Failed, asked, beside, code_of
from yardstick.worlds import Where


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
        folder = self.kept / where.name / code_of(self.learner) / "peers"
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
        folder = common / code_of(job.level)
        place, year = folder / job.name.replace("/", "-"), job.where.year()
        out = place.with_name(f"{place.name}.json")
        if not out.exists():
            shutil.rmtree(place, ignore_errors=True)
            words = ["--life", job.life, "--source", job.where.source, "--seed", job.where.seed, "--first", year.first,
                     "--last", year.last, "--office", job.office, "--usual", common / "usual.json", "--folder", place,
                     "--out", out]  # fmt: skip
            try:
                said = asked(job.level, "operate.py", *words, incidents=year.incidents)
                write(out.with_suffix(".log"), said.encode())
            except Failed as failed:
                return crashed(job, str(failed))
            finally:
                shutil.rmtree(place, ignore_errors=True)
        found: LifeFound = json.loads(out.read_text())
        if found["crashed"]:
            out.unlink()  # the next run tries again
        return found


def crashed(job: Job, why: str) -> LifeFound:
    return {"name": job.life, "level": job.level.name, "office": job.office if job.waits else None, "errors": [],
            "trips": [], "bad": [], "worst": {}, "acts": [], "hours": {}, "fits": 0, "seconds": 0.0,
            "crashed": why}  # fmt: skip


def office_names(name: str, every: bool) -> list[str]:
    """The one that is asked for first; with `every`, all."""
    return [name, *(one for one in NAMES if one != name)] if every else [name]
