"""The policy functions catch each bad example, and leave good ones alone."""

import json

import pytest

from house.policy import notebook_findings, shell_of, text_findings, workflow_findings

GOOD = """\
on: push
permissions: {}
jobs:
  test:
    permissions: {contents: read}
    timeout-minutes: 5
    env: {LEVEL: "${{ inputs.level }}"}
    steps:
      - uses: actions/checkout@0123456789012345678901234567890123456789 # v7.0.1
      - run: make -C "$LEVEL" test
  other:
    permissions: {}
    uses: ./.github/workflows/_level.yml
"""


def test_a_workflow_with_the_habits_of_the_house_is_clean():
    assert workflow_findings(GOOD) == []


@pytest.mark.parametrize(("good", "bad", "says"), [
    ("@0123456789012345678901234567890123456789 # v7.0.1", "@v7", "pin the commit"),
    ("0123456789 # v7.0.1", "0123456789", "which version is that"),
    ("0123456789 # v7.0.1", "0123456789 # the newest", "which version is that"),
    ("- run", f"- uses: actions/checkout@{4 * '0123456789'}\n      - run", "which version is that"),
    ("./.github/workflows/_level.yml", "who/what/.github/workflows/x.yml@main", "pin the commit"),
    ("permissions: {}\njobs", "jobs", "permissions: {} at the top"),
    ("permissions: {}\njobs", "permissions: {contents: write}\njobs", "permissions: {} at the top"),
    ("    permissions: {contents: read}\n", "", "job test: has no permissions"),
    ("    timeout-minutes: 5\n", "", "job test: has no timeout-minutes"),
    ('"$LEVEL"', "${{ inputs.level }}", "job test: a script holds ${{ }}"),
    ("on: push", "on: pull_request_target", "pull_request_target"),
    ("on: push", "on: [push, pull_request_target]", "pull_request_target"),
    ("on: push", "on: {pull_request_target: {branches: [main]}}", "pull_request_target"),
    ("on: push", "on: [push", "is not YAML"),
])  # fmt: skip
def test_each_bad_habit_is_found(good, bad, says):
    """One change to the good workflow, one finding."""
    found = workflow_findings(GOOD.replace(good, bad, 1))
    assert len(found) == 1
    assert says in found[0]


def test_a_file_that_is_no_workflow_is_said():
    assert workflow_findings("") == ["is no workflow: it has no keys"]


def test_a_notebook_with_output_is_found_by_its_cell():
    cells = [{"cell_type": "markdown"}, {"outputs": [], "execution_count": None}, {"outputs": [{"text": "5.69"}]}]
    assert [finding[:6] for finding in notebook_findings(json.dumps({"cells": cells}))] == ["cell 3"]
    assert notebook_findings(json.dumps({"cells": [{"execution_count": 1}]}))
    assert notebook_findings("{}") == ["is no notebook: it has no cells"]


@pytest.mark.parametrize("bad", ["https://py" + "pi.org/simple", "files.python" + "hosted.org", "deb." + "debian.org",
    "registry." + "npmjs.org", "/ro" + "ot/taxi", "see /ho" + "me/jane/taxi", "'/Us" + "ers/jane/taxi'"])  # fmt: skip
def test_addresses_of_an_index_and_paths_of_a_machine_are_found(bad):
    """Put together here, so that this file is clean itself."""
    (finding,) = text_findings(f"good\n{bad}\n")
    assert finding.startswith("line 2 names a pa")


@pytest.mark.parametrize("good", ["$HOME/trips", "pip install uv", "tmp/root/x", "example.org", "/homes/x", "$root/a"])
def test_text_that_holds_anywhere_is_clean(good):
    assert list(text_findings(good)) == []


def test_a_shell_is_told_by_the_first_line_or_the_name():
    assert shell_of("run", b"#!/usr/bin/env bash\n") == "bash"
    assert shell_of("x.sh", b"# no first line\n") == "sh"
    assert shell_of("x.py", b"#!/usr/bin/env python\nsh\n") == ""
