"""The steps of a deployment: each does one thing, says why, and may be done again after a kill."""

from dataclasses import asdict, replace

import numpy as np
import numpy.typing as npt
import promote
import route
import train

import trips
from taxi import data, graph
from taxi.errors import BadInput
from taxi.registry import CHALLENGER, CHAMPION, Registry
from taxi.serving import routing, shelf, source
from taxi.serving.routing import Table, Version
from taxi.settings import Settings
from taxi.trial import cohorts, gate, ramp
from taxi.trial.state import Deployment, Desk, Step
from taxi.trial.verdict import Outcome, Verdict, judge

TRIES = 3  # a machine that is busy slows once


class Pipeline:
    """The steps, for one registry and one service's folder."""

    def __init__(self, settings: Settings, registry: Registry, desk: Desk) -> None:
        self.settings, self.registry, self.desk = settings, registry, desk
        self.routes = settings.serving / source.ROUTES

    def advance(self, one: Deployment) -> Deployment:
        """As far as it goes now: to its end, or to where it waits for trips."""
        steps = {Step.TRAIN: self.train, Step.GATE: self.gate, Step.STAGE: self.stage, Step.TRIAL: self.look,
                 Step.PROMOTE: self.promote, Step.CLEAR: self.clear, Step.RESTORE: self.restore}  # fmt: skip
        while one.step is not Step.DONE:
            before = one
            one = steps[one.step](one)
            if one.step is Step.TRIAL and before.step is Step.TRIAL:
                break
        return one

    def go_on(self) -> None:
        """The deployment under way, as far as it goes now; nothing where there is none."""
        one = self.desk.read()
        if one is not None and one.step is not Step.DONE:
            self.advance(one)

    def train(self, one: Deployment) -> Deployment:
        number = train.run(self.settings, one.train, one.valid, one.source, one.seed, None, True)
        return self.desk.move(one, f"version {number} is made and on record", version=number, step=Step.GATE)

    def gate(self, one: Deployment) -> Deployment:
        version = self.registry.version(one.version or "")
        champion = self.registry.aliases().get(CHAMPION)
        before = self.registry.graph(self.registry.version(champion)) if champion else None
        candidate = gate.Candidate(self.registry.graph(version), version.metrics.get("rmse", 0.0))
        rows = gate.report(candidate, before, data.load(one.source, one.seed, one.train, one.valid))
        facts, failed = [asdict(row) for row in rows], [row for row in rows if not row.passed]
        if failed:
            said = "; ".join(f"{row.check}: {row.said}, not {row.limit}" for row in failed)
            return self.desk.move(one, f"refused: {said}", facts, step=Step.DONE, outcome="refused")
        following = Step.STAGE if champion else Step.PROMOTE
        return self.desk.move(one, f"passed all {len(rows)} checks", facts, step=following)

    def stage(self, one: Deployment) -> Deployment:
        """In the shadow: asked about every trip, answers nobody."""
        promote.put_on_trial(self.registry, one.version or "")
        before = routing.read(self.routes) if self.routes.exists() else None
        table = route.following(self.registry, before, 0.0, self.settings)
        routing.write(table, self.routes)
        said = f"version {one.version} is asked about every trip, in experiment {table.experiment_id}"
        return self.desk.move(one, said, step=Step.TRIAL, experiment_id=table.experiment_id)

    def look(self, one: Deployment) -> Deployment:
        """What the log says of the days since the last look: the next share, or the verdict. No registry is asked."""
        verdict, day = self.verdict(one)
        facts = asdict(verdict)
        if verdict.outcome is Outcome.PROMOTE:
            return self.desk.move(one, verdict.reasons[0], facts, step=Step.PROMOTE)
        if verdict.outcome is not Outcome.WAIT:
            table = routing.read(self.routes)
            if table.challenger is not None:
                routing.write(route.champion_only(table), self.routes)  # riders first
            said = "; ".join(verdict.reasons)
            return self.desk.move(one, f"{verdict.outcome}: {said}", facts, step=Step.CLEAR, outcome=verdict.outcome)
        table, share = routing.read(self.routes), ramp.share_of(day)
        if table.experiment_id == one.experiment_id and share > table.share:
            routing.write(replace(table, share=share, generation=table.generation + 1), self.routes)
            return self.desk.move(one, f"day {day}: {share:.0%} of the riders meet it", facts, judged=day)
        if day > one.judged:
            one = replace(one, judged=day)
            self.desk.write(one)
        return one

    def verdict(self, one: Deployment) -> "tuple[Verdict, int]":
        """The verdict at each day in turn that was not judged yet, until one decides; and its day.

        Whoever looks seldom judges the same days as whoever looks often, and so comes to the same.
        """
        seen, days = cohorts.read(self.settings.serving / source.LOG, one.experiment_id or "", self.boroughs(one))
        verdict = Verdict(Outcome.WAIT, ["no other day's trips are all told yet"])
        latency = self.latency() if days > one.judged else None
        for day in range(one.judged + 1, days + 1):
            verdict = judge(seen[seen["day"] < day], day, latency)
            if verdict.outcome is not Outcome.WAIT:
                return verdict, day
        return verdict, max(days, one.judged)

    def latency(self) -> float | None:
        """p95 of a call of the challenger over the champion's, on this machine now; slow is what is slow every time."""
        table, files = routing.read(self.routes), self.settings.serving / source.SHELF
        if table.challenger is None:
            return None
        slow, quick = (graph.Scorer(shelf.get(files, one.sha256)) for one in (table.challenger, table.champion))
        return min(gate.slower(slow, quick) for _ in range(TRIES))

    def promote(self, one: Deployment) -> Deployment:
        """Riders and registry; killed between the two, it is done again."""
        before = routing.read(self.routes) if self.routes.exists() else None
        now = (before.champion.number, before.champion.sha256) if before else None
        served = one.previous or now
        self.desk.write(replace(one, previous=served))
        promote.promote(self.registry, one.version or "")
        routing.write(route.following(self.registry, before, None, self.settings), self.routes)
        said = f"version {one.version} answers everybody"
        return self.desk.move(one, said, step=Step.DONE, outcome="promoted", previous=served)

    def clear(self, one: Deployment) -> Deployment:
        """The challenger leaves the registry's stage; the champion stays."""
        if self.registry.aliases().get(CHALLENGER) == one.version:
            self.registry.point(CHALLENGER, None)
            self.registry.repaired()
        return self.desk.move(one, "the champion stays", step=Step.DONE)

    def stop(self, one: Deployment) -> Deployment:
        """By hand: riders first, in one write."""
        if one.step is Step.DONE:
            raise BadInput("no trial is under way. What a trial promoted goes back with: python deploy.py --back")
        if self.routes.exists():
            routing.write(route.champion_only(routing.read(self.routes)), self.routes)
        return self.clear(self.desk.move(one, "stopped by hand", step=Step.CLEAR, outcome="stopped by hand"))

    def back(self, one: Deployment) -> Deployment:
        """To what served before the last promotion: one write for the riders, then the registry."""
        if one.previous is None:
            raise BadInput("nothing served before. See what there is: python models.py")
        generation = routing.read(self.routes).generation + 1
        routing.write(Table(Version(*one.previous), generation=generation), self.routes)
        said = f"version {one.previous[0]} answers everybody again"
        return self.restore(self.desk.move(one, said, step=Step.RESTORE))

    def restore(self, one: Deployment) -> Deployment:
        """The registry follows the riders; killed before, it is done by whoever deploys next."""
        number = one.previous[0] if one.previous else ""
        if self.registry.aliases().get(CHAMPION) != number:
            promote.promote(self.registry, number, back=True)
        said = f"version {number} is the registry's champion"
        return self.desk.move(one, said, step=Step.DONE, outcome="taken back", previous=None)

    def boroughs(self, one: Deployment) -> npt.NDArray[np.str_]:
        return trips.open_source(one.source, one.seed).boroughs()
