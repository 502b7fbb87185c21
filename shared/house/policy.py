"""What the house asks of workflows, notebooks and text. Pure: the text of a file in, findings out."""

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

PINNED = re.compile(r"[^@\s]+@[0-9a-f]{40}")
INDEX = re.compile(  # each pattern is written so that it does not find itself
    r"pypi[.](org|python)|python[h]osted|registry[.](npmjs|yarnpkg)|(deb|security)[.]debian|archive[.]ubuntu|conda[.]anaconda"
)
MACHINE = re.compile(r"(?<![\w.])/([r]oot|h[o]me/[\w.-]+|U[s]ers/[\w.-]+)/")


def workflow_findings(text: str) -> list[str]:
    """What a workflow gets wrong. The schema, actionlint and zizmor say more; these are the habits of this house."""
    try:
        workflow = yaml.safe_load(text)
    except yaml.YAMLError as error:
        return [f"is not YAML: {' '.join(str(error).split())}"]
    if not isinstance(workflow, dict):
        return ["is no workflow: it has no keys"]
    found = []
    if workflow.get("permissions", "none") != {}:
        found.append("starts with more rights than it needs: write permissions: {} at the top, and the least per job")
    if "pull_request_target" in triggers(workflow):
        found.append(
            "runs on pull_request_target, with this repository's rights on a stranger's code: use pull_request"
        )
    for name, job in jobs(workflow):
        found += [f"job {name}: {finding}" for finding in _job_findings(job)]
    return [*found, *_pin_findings(workflow, text)]


def triggers(workflow: dict[Any, Any]) -> list[str]:
    """The events a workflow runs on. YAML 1.1 reads the key `on` as true."""
    events = workflow.get("on", workflow.get(True)) or []
    return [events] if isinstance(events, str) else list(events)


def jobs(workflow: dict[Any, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and content of each job."""
    yield from ((name, job) for name, job in (workflow.get("jobs") or {}).items() if isinstance(job, dict))


def steps(job: dict[str, Any]) -> list[dict[str, Any]]:
    """A job's steps; none when it calls another workflow."""
    return job.get("steps") or []


def _job_findings(job: dict[str, Any]) -> Iterator[str]:
    if "permissions" not in job:
        yield "has no permissions: name the least it needs"
    if steps(job) and "timeout-minutes" not in job:
        yield "has no timeout-minutes: a job that hangs would run for six hours"
    for step in steps(job):
        if "${{" in str(step.get("run", "")):
            yield f"a script holds ${{{{ }}}}, whose value becomes code: hand it over in env: {step['run'].strip()}"


def _pin_findings(workflow: dict[Any, Any], text: str) -> Iterator[str]:
    used = [thing["uses"] for _, job in jobs(workflow) for thing in (job, *steps(job)) if "uses" in thing]
    for action in dict.fromkeys(used):
        if action.startswith("./"):
            continue
        commented = re.findall(rf"{re.escape(action)}['\"]?[ \t]+#[ \t]*v\d", text)
        if not PINNED.fullmatch(action):
            yield f"{action}: a tag can be moved to other code: pin the commit, all 40 digits"
        elif len(commented) < used.count(action):
            yield f"{action}: which version is that? Say it behind the commit: # v1.2.3"


def notebook_findings(text: str) -> list[str]:
    """Cells that hold what a run left behind: outputs, execution counts."""
    try:
        cells = json.loads(text)["cells"]
    except (ValueError, KeyError, TypeError):
        return ["is no notebook: it has no cells"]
    dirty = [i for i, cell in enumerate(cells, 1) if cell.get("outputs") or cell.get("execution_count") is not None]
    return [f"cell {i} is stored with its output: clear all outputs, then save" for i in dirty]


def text_findings(text: str) -> Iterator[str]:
    """Lines that hold good on one machine or one network only: addresses of package indexes, paths of a home."""
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, what in ((INDEX, "a package index's address"), (MACHINE, "a path of one machine")):
            if match := pattern.search(line):
                yield f"line {number} names {what}, {match.group()}: leave it out"


def shell_of(file: str, head: bytes) -> str:
    """The shell that runs a file, by its first line or by its name; empty for what is no shell script."""
    shebang = re.match(rb"#!.*\b(bash|sh)\s*$", head.split(b"\n")[0])
    return shebang.group(1).decode() if shebang else "sh" if file.endswith(".sh") else ""
