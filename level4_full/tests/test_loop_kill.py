"""kill -9, at every border of an effect and at a hundred moments of nobody's choice: the story ends as it would have.

Real processes: a loop that is killed and one that goes on, before a service that is asked all the while. The story is a
candidate that learned from slower days: tried, gated, registered, before some riders, promoted, and taken back.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import loop_killed
import pytest

pytest_plugins = ["loop_fixtures"]
HERE = Path(__file__).parent
RANDOM, WORKERS = 100, 2
EVERY = int(os.environ.get("EVERY", "3"))  # border; with EVERY=1 all of them, half as long again


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The template, and how the story ends when nobody is killed, by a process of its own."""
    folder = tmp_path_factory.mktemp("story")
    code = ("import json, sys, loop_killed as k; from pathlib import Path; k.template(Path(sys.argv[1]));"
            "print(json.dumps(k.uninterrupted(sys.argv[2], sys.argv[1])))")  # fmt: skip
    done = python("-c", code, folder / "template", folder / "whole")
    found, borders, seconds = json.loads(done.stdout.splitlines()[-1])
    return folder, found, borders, seconds


def python(*words):
    path = os.pathsep.join([str(HERE.parent), str(HERE)])
    env = os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, *map(str, words)]
    done = subprocess.run(command, cwd=HERE.parent, env=env, capture_output=True, text=True, check=False, timeout=2400)
    assert done.returncode == 0, done.stderr[-3000:]
    return done


def run(told, cases, name):
    """The cases, dealt to two workers; every line they said, and what the services refused."""
    folder, *_ = told
    parts = [cases[worker::WORKERS] for worker in range(WORKERS)]
    words = [(HERE / "loop_killed.py", folder / f"{name}-{worker}", folder / "template", json.dumps(part))
             for worker, part in enumerate(parts)]  # fmt: skip
    with ThreadPoolExecutor(WORKERS) as pool:
        outputs = [done.stdout.splitlines() for done in pool.map(lambda one: python(*one), words)]
    lines = [json.loads(line) for output in outputs for line in output[:-1] if line.startswith("{")]
    services = [json.loads(output[-1]) for output in outputs]
    return lines, services


def test_the_story_is_the_whole_chain(told):
    """Else the kills would prove little."""
    _, found, borders, _ = told
    kinds = [kind for _, kind, _ in found["events"]]
    assert {"try a candidate", "canary", "promote", "return to the one before"} <= set(kinds)
    assert found["aliases"] == {"champion": "1"}
    assert borders > 60


@pytest.mark.slow
def test_killed_anywhere_it_ends_as_it_would_have(told):
    """0 failures; one version a key, aliases that name one verifiable version, and not one answer lost."""
    _, whole, borders, seconds = told
    cases = [["at", border] for border in range(1, borders + 1, EVERY)] + loop_killed.moments(RANDOM, seconds)
    lines, services = run(told, cases, "killed")
    print(f"{len(lines)} kills, {borders} borders; {sum(one['asked'] for one in services):,} asked meanwhile")
    assert len(lines) == len(cases) >= 130
    assert {line["killed"] for line in lines if line["how"] == "at"} == {-9}
    different = [(line["how"], line["when"], line["resumed"], apart(line["found"], whole)) for line in lines
                 if line["resumed"] or line["found"] != whole]  # fmt: skip
    assert different == []
    assert [one["refused"] for one in services] == [[]] * WORKERS


def test_killed_at_some_borders_it_ends_as_it_would_have(told):
    """The same, at a few borders: for every day."""
    _, whole, borders, _ = told
    lines, services = run(told, [["at", border] for border in range(3, borders, 48)], "some")
    assert [apart(line["found"], whole) for line in lines] == [{}] * len(lines)
    assert [one["refused"] for one in services] == [[]] * WORKERS


def apart(found, whole):
    """What differs, for a person."""
    return {name: found and found[name] for name in whole if found is None or found[name] != whole[name]}
