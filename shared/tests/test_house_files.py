"""Files that other tools read are what those tools read, and every command that a page names is there."""

import json
import os
import re
import shlex
from pathlib import Path

import pytest
import yaml
from workflow_steps import refusal, run

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```.*?^```", re.M | re.S)
LEVELS = "level[0-9]_*"
PAGES = ("README.md", "CONTRIBUTING.md", "shared/README.md", f"{LEVELS}/README.md", f"{LEVELS}/exercises/README.md")


def make_commands(page: str) -> list[str]:
    """The make commands in the code of a page: fenced blocks, indented blocks, and words in backticks."""
    fenced = [line for block in FENCE.findall(page) for line in block.splitlines()[1:-1]]
    rest = FENCE.sub("", page)
    code = [*fenced, *re.findall(r"^(?: {4}|\t)(.*)$", rest, re.M), *re.findall(r"`([^`\n]+)`", rest)]
    parts = [part.strip() for line in code for part in re.split(r"&&|;", re.sub(r"(^|\s)#.*", "", line))]
    bare = [re.sub(r"^(\$ |\w+=\S* )*", "", part) for part in parts]
    return list(dict.fromkeys(part for part in bare if re.match(r"make( |$)", part)))


def load(name: str) -> dict:
    """A file of the house, as JSON or YAML."""
    path = ROOT / name
    if not path.is_file():
        pytest.skip(f"no {name} beside shared/: run this in the whole house")
    return yaml.safe_load(path.read_text()) if path.suffix == ".yaml" else json.loads(path.read_text())


def test_commands_are_found_wherever_a_page_shows_code():
    page = (
        "`make a` and make it so\n\n    make b X=1   # make c\n    UPGRADE=1 make d && make e\n\n```sh\n$ make f\n```\n"
    )
    assert make_commands(page) == ["make f", "make b X=1", "make d", "make e", "make a"]


@pytest.mark.parametrize("pattern", PAGES)
def test_every_make_command_of_a_page_is_there(pattern):
    """In the page's own folder, or in the root."""
    if not (ROOT / "Makefile").is_file():
        pytest.skip("no Makefile beside shared/: run this in the whole house")
    missing = {}
    for page in sorted(ROOT.glob(pattern)):
        folders = [folder for folder in (page.parent, page.parent.parent, ROOT) if (folder / "Makefile").is_file()]
        for command in make_commands(page.read_text()):
            said = [refusal(tuple(shlex.split(command)), folder) for folder in folders]
            if all(said):
                missing[f"{page.relative_to(ROOT)}: {command}"] = said[0]
    assert missing == {}


def test_the_workspace_holds_every_level_with_its_own_environment():
    """Five packages are called taxi: each folder has its own Python, or an editor would mix them up."""
    workspace = load("mlops-maturity-levels.code-workspace")
    folders = [folder["path"] for folder in workspace["folders"]]
    assert folders == [".", "shared", *sorted(path.name for path in ROOT.glob(LEVELS))]
    assert workspace["settings"]["python.defaultInterpreterPath"] == "${workspaceFolder}/.venv/bin/python"


def test_the_browser_course_is_set_up_by_a_command_of_the_house():
    container = load(".devcontainer/devcontainer.json")
    assert refusal(tuple(shlex.split(container["postCreateCommand"])), ROOT) == ""
    assert {"ms-python.python", "ms-toolsai.jupyter"} <= set(container["customizations"]["vscode"]["extensions"])


def test_every_hook_is_local_and_runs():
    """As pre-commit runs it: from the root, with a file where it hands over files."""
    repos = load(".pre-commit-config.yaml")["repos"]
    assert {repo["repo"] for repo in repos} == {"local"}
    for hook in repos[0]["hooks"]:
        files = () if hook.get("pass_filenames") is False else ("shared/trips/contract.py",)
        done = run((*shlex.split(hook["entry"]), *files), ROOT)
        assert done.returncode == 0, hook["id"] + done.stdout + done.stderr


def test_the_command_of_the_machine_can_be_run():
    """.ci/run is executable, and the commands it runs are there."""
    script = ROOT / ".ci/run"
    if not script.is_file():
        pytest.skip("no .ci/run beside shared/: run this in the whole house")
    assert os.access(script, os.X_OK)
    targets = re.findall(r"^ *(?:step|in_time) .*?make (?:-C \$folder )?([a-z-]+)", script.read_text(), re.M)
    assert {"lint", "test", "test-all", "tour"} <= set(targets)
    assert [target for target in targets if refusal(("make", target), ROOT)] == []
