"""Every level through the same worlds, each in its own environment; what was lived already is not lived again."""

import json
import os
import shutil
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from carry.files import write
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

    def jobs(self, worlds: Sequence[Where], offices: Sequence[str], variants: bool) -> list[Job]:
        """The lives of these worlds. variants: those with a comma in their name, too."""
        named = [(level, json.loads(asked(level, "operate.py", "--names")).items()) for level in self.levels]
        return [
            Job(where, level, life, office, waits)
            for where in worlds for level, names in named for life, waits in names if variants or "," not in life
            for office in (offices if waits else offices[:1])
        ]  # fmt: skip

    def run(self, worlds: Sequence[Where], offices: Sequence[str], variants: bool) -> list[World]:
        """All of it; lives beside each other, as many as memory and processors allow.

        Raises Failed for a level that is not set up, and what a source raises that has not the days.
        """
        for where in worlds:
            where.year().raw(where.year().last)
        jobs = self.jobs(worlds, offices, variants)
        # world by world; in each the longest begin: high levels, and before them those who need not wait for the peers
        begin = sorted(jobs, key=lambda job: (-worlds.index(job.where), not job.waits, job.level.name), reverse=True)
        columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, disable=not os.isatty(1)) as progress, ThreadPoolExecutor(beside()) as pool:
            task = progress.add_task("lives", total=len(jobs))
            peers = {where: pool.submit(self.peers, where) for where in worlds}
            lives = {job: pool.submit(self.life, job, peers[job.where]) for job in begin}
            for life in lives.values():
                life.add_done_callback(lambda _: progress.advance(task))
            lived = {job: life.result() for job, life in lives.items()}
        return [self.world(where, [lived[job] for job in jobs if job.where == where]) for where in worlds]

    def world(self, where: Where, lives: list[LifeFound]) -> World:
        peers = [json.loads(path.read_text()) for path in sorted(self.peers(where).glob("*.json"))]
        days = [str(day) for day in where.year().days()]
        code = sha256(" ".join(code_of(level) for level in self.levels).encode()).hexdigest()[:16]
        return {"source": where.source, "seed": where.seed, "kind": where.kind, "code": code, "days": days,
                "incidents": where.happened(), "lives": [rounded(one) for one in (*lives, *peers)]}  # fmt: skip

    def common(self, where: Where) -> Path:
        """The folder of all lives of a world."""
        return self.kept / where.name / code_of(self.learner)

    def peers(self, where: Where) -> Path:
        """The folder with what they found; beside it, in usual.json, what riders compare their answers with."""
        folder, usual = self.common(where) / "peers", self.common(where) / "usual.json"
        if not usual.exists():  # written last
            year = where.year()
            words = [where.source, where.seed, year.first, year.last, folder, "--workers", os.cpu_count() or 1]
            asked(self.learner, "-m", "yardstick.peers", *words, incidents=year.incidents)
            best = json.loads((folder / "oracle.json").read_text())
            days = [str(day) for day in year.days()]
            write(usual, json.dumps({"days": days, "errors": best["errors"], "trips": best["trips"]}).encode())
        return folder

    def life(self, job: Job, peers: Future[Path]) -> LifeFound:
        """Lived, or read where the same code lived it before. One that cannot even write is written down as crashed."""
        folder = self.common(job.where) / code_of(job.level)
        place, year = folder / job.name.replace("/", "-"), job.where.year()
        out = place.with_name(f"{place.name}.json")
        if not out.exists():
            shutil.rmtree(place, ignore_errors=True)
            words = ["--life", job.life, "--source", job.where.source, "--seed", job.where.seed, "--first", year.first,
                     "--last", year.last, "--office", job.office, "--folder", place, "--out", out]  # fmt: skip
            words += ["--usual", peers.result().with_name("usual.json")] if job.waits else []
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


def rounded(life: LifeFound) -> LifeFound:
    """Each day's sum of errors to the minute, a tenth of a second a trip where there are 250: a shorter report."""
    return {**life, "errors": [round(one) for one in life["errors"]]}


def crashed(job: Job, why: str) -> LifeFound:
    return {"name": job.life, "level": job.level.name, "office": job.office if job.waits else None, "errors": [],
            "trips": [], "bad": [], "worst": {}, "acts": [], "hours": {}, "fits": 0, "seconds": 0.0,
            "crashed": why}  # fmt: skip
