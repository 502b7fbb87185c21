"""Where a deployment is, in a file: whoever is killed begins again where the file says, and two never work at once."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from taxi.errors import BadInput

FILE, EVENTS, LOCK = "deployment.json", "events.jsonl", "lock"


class Step(StrEnum):
    """What comes next."""

    TRAIN = "train"
    GATE = "gate"
    STAGE = "stage"
    TRIAL = "trial"
    PROMOTE = "promote"
    CLEAR = "clear"
    RESTORE = "restore"
    DONE = "done"


@dataclass(frozen=True)
class Deployment:
    """One way from months to riders.

    judged: days of the trial that were looked at and decided nothing. outcome: how it ended. previous: (number, sha256)
    of what served before.
    """

    train: str
    valid: str
    source: str
    seed: int
    step: Step = Step.TRAIN
    version: str | None = None
    experiment_id: str | None = None
    judged: int = 0
    outcome: str | None = None
    previous: tuple[str, str] | None = None


class Desk:
    """The folder of a state's deployments: var/deploy."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self) -> Deployment | None:
        """The latest deployment; None when there was none. Raises BadInput for a file that is none."""
        path = self.folder / FILE
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            previous = values.pop("previous")
            step = Step(values.pop("step"))
            return Deployment(**values, step=step, previous=tuple(previous) if previous else None)
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, KeyError, AttributeError, OSError) as error:
            raise BadInput(f"{path} is no deployment ({error}). Remove it, and start again") from None

    def move(self, deployment: Deployment, said: str, facts: Any = None, **changes: Any) -> Deployment:
        """The deployment one step on: said in words, written as a line of JSON, then made what a restart finds."""
        after = replace(deployment, **changes)
        print(f"{deployment.step:8} {said}", flush=True)
        line = {"at": datetime.now(UTC).isoformat(), "step": deployment.step, "next": after.step, "said": said}
        with (self.folder / EVENTS).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line | {"version": after.version, "facts": facts}) + "\n")
        self.write(after)
        return after

    def story(self) -> str:
        """The latest deployment as Markdown: what each step said; and whether anything served before."""
        with (self.folder / EVENTS).open(encoding="utf-8") as file:
            events = [json.loads(line) for line in file]
        first = max(place for place, event in enumerate(events) if event["step"] == Step.TRAIN)
        events = events[first:]
        steps = {event["step"] for event in events}
        new = Step.PROMOTE in steps and Step.STAGE not in steps  # nobody to compare it with
        anew = ["", "Nothing served before: the first deployment, or the registry's folder was lost."] if new else []
        rows = [f"| {event['at'][:19]} | {event['step']} | {event['said'].replace('|', '/')} |" for event in events]
        return "\n".join(["## Deployment", *anew, "", "| | step | what was done, and why |", "|---|---|---|", *rows])

    def write(self, deployment: Deployment) -> None:
        """Beside, fsync, rename."""
        beside = self.folder / f"{FILE}.part"
        with beside.open("w", encoding="utf-8") as file:
            json.dump(asdict(deployment), file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.folder / FILE)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Raises BadInput while somebody else deploys; the lock of a process that was killed is free."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise BadInput("somebody deploys already. Look: python deploy.py --status") from None
            yield
