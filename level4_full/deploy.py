"""From months to riders without another hand: python deploy.py --train 2021-03 --valid 2021-04"""

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from taxi.settings import Settings
    from taxi.trial.pipeline import Pipeline
    from taxi.trial.state import Deployment, Desk

LOOK_SECONDS = 5.0
Months = Annotated[str, typer.Option(help="months to learn from: 2021-01, or 2020-03..2021-01")]
Valid = Annotated[str, typer.Option(help="the month to be judged on, unseen")]
Where = Annotated[str, typer.Option(help="city or tlc")]
Seed = Annotated[int, typer.Option(help="of the learner, and of the city")]
Once = Annotated[bool, typer.Option("--once", help="do what can be done now, and end")]
Status = Annotated[bool, typer.Option("--status", help="where it is, and what the log says so far")]
Story = Annotated[bool, typer.Option("--story", help="every step of it and why, as Markdown")]
Stop = Annotated[bool, typer.Option("--stop", help="end the trial: the champion answers everybody, at once")]
Back = Annotated[bool, typer.Option("--back", help="return to what served before the last promotion, at once")]


def main(train: Months = "2021-01", valid: Valid = "2021-02", source: Where = "city", seed: Seed = 0,
         once: Once = False, status: Status = False, story: Story = False, stop: Stop = False,
         back: Back = False) -> None:  # fmt: skip
    """Train, gate, stage, trial, promote or keep. Killed anywhere, the same command goes on where it was."""
    from taxi.errors import BadInput, told
    from taxi.settings import Settings
    from taxi.trial.state import Deployment, Desk, Step

    with told():
        if status + story + stop + back > 1:
            raise BadInput("--status, --story, --stop and --back are four things. Say one")
        settings = Settings.given()
        desk = Desk(settings.state / "deploy")
        one = desk.read()
        if one is None and (status or story or stop or back):
            raise BadInput("nothing was deployed yet. Deploy: python deploy.py")
        if story:
            print(desk.story())
            return
        if one is not None and status:
            print(said(prepared(settings, desk), one))
            return
        with desk.alone():
            if one is not None and (stop or back):
                pipeline = prepared(settings, desk)
                pipeline.stop(one) if stop else pipeline.back(one)
                return
            if one is None or one.step is Step.DONE:
                one = Deployment(train, valid, source, seed)
            follow(settings, desk, one, once)


def prepared(settings: "Settings", desk: "Desk") -> "Pipeline":
    from taxi import tracking
    from taxi.registry import Registry
    from taxi.trial.pipeline import Pipeline

    return Pipeline(settings, Registry(tracking.connect(settings)), desk)


def follow(settings: "Settings", desk: "Desk", one: "Deployment", once: bool) -> None:
    """Go on until it is done, looking at the log every few seconds; a registry that is away is waited for."""
    from taxi import tracking
    from taxi.errors import NoAnswer
    from taxi.trial.state import Step

    pipeline = None
    while True:
        try:
            pipeline = pipeline or prepared(settings, desk)
            one = pipeline.advance(one)
        except (NoAnswer, tracking.failure()) as error:
            told = " ".join(str(error).split())[:200]
            if once:
                raise NoAnswer(f"{one.step} is not done: {told}. Later: python deploy.py") from None
            one = desk.read() or one
            print(f"{one.step:8} waits: {told}", flush=True)
        if one.step is Step.DONE:
            return
        if once:
            print(f"{one.step:8} waits for trips and what they took. Later: python deploy.py")
            return
        time.sleep(LOOK_SECONDS)


def said(pipeline: "Pipeline", one: "Deployment") -> str:
    """Where it is, in words."""
    from taxi.trial.state import Step

    lines = [f"version {one.version or '(none yet)'}, learned from {one.train}: {one.outcome or one.step}"]
    if one.step is Step.TRIAL:
        verdict, days = pipeline.verdict(replace(one, judged=max(one.judged - 1, 0)))  # the last day's, once more
        lines += [f"day {days}: {verdict.outcome}", *verdict.reasons]
    return "\n".join(lines)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    typer.run(main)
