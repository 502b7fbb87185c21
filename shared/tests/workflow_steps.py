"""The run steps of the workflows, as the commands they are on a reader's own machine."""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

MAKES_OWN = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEFILES")  # set when a test runs below make
FROM_THE_RUNNER = ("GITHUB_", "RUNNER_")


@dataclass(frozen=True)
class Step:
    """One line of a run step. where: file, job and step; words: the command, with its variables filled in."""

    where: str
    words: tuple[str, ...]

    @property
    def command(self) -> str:
        return shlex.join(self.words)


def read(path: Path) -> dict:
    """A workflow. YAML 1.1 reads the key `on` as true; here it is "on"."""
    return {"on" if key is True else key: value for key, value in yaml.safe_load(path.read_text()).items()}


def run_steps(folder: Path) -> list[Step]:
    """Every line of every run step, those of a called workflow once for each caller."""
    workflows = {path.name: read(path) for path in sorted(folder.glob("*.yml"))}
    found = []
    for name, workflow in workflows.items():
        for job_name, job in workflow["jobs"].items():
            if "uses" in job:
                called = workflows[job["uses"].removeprefix("./.github/workflows/")]
                inputs = inputs_of(called, job.get("with", {}), f"{name}, job {job_name}")
                for inner_name, inner in called["jobs"].items():
                    if not wanted(inner, inputs):
                        continue
                    found += steps_of(f"{name}, job {inner_name}", called, inner, inputs)
            elif "workflow_call" not in workflow["on"]:
                asked = workflow["on"].get("workflow_dispatch") or {}
                inputs = {key: str(one.get("default", "")) for key, one in asked.get("inputs", {}).items()}
                found += steps_of(f"{name}, job {job_name}", workflow, job, inputs)
    return found


def wanted(job: dict, inputs: dict[str, str]) -> bool:
    """Whether the job runs for these inputs. The one condition there is: an input must not be empty."""
    condition = job.get("if")
    if condition is None:
        return True
    return bool(inputs[re.fullmatch(r"inputs\.(\w+) != ''", condition)[1]])


def inputs_of(called: dict, given: dict, where: str) -> dict[str, str]:
    """The inputs that a called workflow sees."""
    declared = called["on"]["workflow_call"]["inputs"]
    assert set(given) <= set(declared), f"{where} hands over inputs that nobody declares"
    assert {name for name, one in declared.items() if one.get("required")} <= set(given), f"{where} lacks an input"
    return {name: str(given.get(name, one.get("default", ""))) for name, one in declared.items()}


def steps_of(where: str, workflow: dict, job: dict, inputs: dict[str, str]) -> Iterator[Step]:
    """The lines of one job."""
    for step in job["steps"]:
        env = {**workflow.get("env", {}), **job.get("env", {}), **step.get("env", {})}
        env = {name: fill_in(str(value), inputs) for name, value in env.items()}
        for line in step.get("run", "").replace("\\\n", " ").splitlines():
            if line.strip():
                command = line.split(" >> ")[0]  # what is written into a file of the runner is read on the terminal
                yield Step(f"{where}, step {step.get('name')}", tuple(shlex.split(expand(command, env))))


def fill_in(text: str, inputs: dict[str, str]) -> str:
    """Put the inputs in. What only GitHub knows stays as a word: a command is not told apart by it."""
    given = r"\$\{\{ inputs\.([\w-]+)(?: \|\| '([^']*)')? \}\}"  # with what holds where nobody was asked
    text = re.sub(given, lambda match: inputs[match[1]] or match[2] or "", text)
    return re.sub(r"\$\{\{ (\S+) \}\}", lambda match: match[1], text)


def expand(line: str, env: dict[str, str]) -> str:
    """Put the variables in. Raises KeyError for one that nobody sets."""

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        return name if name.startswith(FROM_THE_RUNNER) else env[name]

    return re.sub(r"\$(?:\{(\w+)\}|(\w+))", value, line)


def run(words: tuple[str, ...], folder: Path) -> subprocess.CompletedProcess:
    """Run a command as a reader would, not as a part of the make that runs these tests."""
    env = {name: value for name, value in os.environ.items() if name not in MAKES_OWN}
    return subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True)


def refusal(words: tuple[str, ...], folder: Path) -> str:
    """Why make has nothing to do with this command here; empty when it has. Nothing is run.

    A name that is a file or a folder, or phony without a recipe, makes make content too, without doing anything.
    """
    done = run((words[0], "-n", *words[1:]), folder)
    idle = re.search(r"Nothing to be done for .*", done.stdout)
    return done.stderr.strip() if done.returncode else idle.group() if idle else ""
