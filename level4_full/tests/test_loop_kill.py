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

import pytest

pytest_plugins = ["loop_fixtures"]
HERE = Path(__file__).parent
MOMENTS, WORKERS = 100, 2  # at least; processes
STORIES = 25  # that are killed at moments, again and again until they have ended: six times and more each


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Its folder, and how each morning of the story ends when nobody is killed, by a process of its own."""
    folder = tmp_path_factory.mktemp("story")
    code = ("import json, sys, loop_killed as k; from pathlib import Path; k.template(Path(sys.argv[1]) / '0');"
            "print(json.dumps(k.uninterrupted(sys.argv[1])))")  # fmt: skip
    done = python("-c", code, folder / "whole")
    return folder, json.loads(done.stdout.splitlines()[-1])


def python(*words):
    path = os.pathsep.join([str(HERE.parent), str(HERE)])
    env = os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, *map(str, words)]
    done = subprocess.run(command, cwd=HERE.parent, env=env, capture_output=True, text=True, check=False, timeout=5400)
    assert done.returncode == 0, done.stderr[-3000:]
    return done


def borders(told):
    """A kill at each."""
    return [
        ["at", [morning, border]] for morning, (_, passed, _) in enumerate(told[1]) for border in range(1, passed + 1)
    ]


def run(told, cases, name):
    """The cases, dealt to two workers; every line they said, with what differs, and what the services refused."""
    folder, whole = told
    parts = [cases[worker::WORKERS] for worker in range(WORKERS)]
    words = [(HERE / "loop_killed.py", folder / f"{name}-{worker}", folder / "whole", json.dumps(part))
             for worker, part in enumerate(parts)]  # fmt: skip
    with ThreadPoolExecutor(WORKERS) as pool:
        outputs = [done.stdout.splitlines() for done in pool.map(lambda one: python(*one), words)]
    lines = [json.loads(line) for output in outputs for line in output[:-1] if line.startswith("{")]
    services = [json.loads(output[-1]) for output in outputs]
    return [line | {"apart": apart(line["found"], whole[line["until"] - 1][0])} for line in lines], services


def apart(found, whole):
    """What differs, for a person."""
    return {name: found and found[name] for name in whole if found is None or found[name] != whole[name]}


def test_the_story_is_the_whole_chain(told):
    """Else the kills would prove little."""
    found = told[1][-1][0]
    kinds = [kind for _, kind, _ in found["events"]]
    assert {"try a candidate", "canary", "promote", "return to the one before"} <= set(kinds)
    assert found["aliases"] == {"champion": "1"}
    assert len(borders(told)) > 60


@pytest.mark.slow
@pytest.mark.long
def test_killed_anywhere_it_ends_as_it_would_have(told):
    """0 failures; one version a key, aliases that name one verifiable version, and not one answer lost."""
    at, seconds = borders(told), sum(took for *_, took in told[1])
    cases = [*at, *(["again", [chance, seconds]] for chance in range(STORIES))]
    lines, services = run(told, cases, "killed")
    kills = [code for line in lines for code in line["killed"]]
    print(
        f"{len(kills)} kills, {len(at)} of them at borders; {sum(one['asked'] for one in services):,} asked meanwhile"
    )
    assert len(lines) == len(cases)
    assert len(kills) >= len(at) + MOMENTS
    assert set(kills) == {-9}
    assert [line for line in lines if line["resumed"] or line["apart"]] == []
    assert [one["refused"] for one in services] == [[]] * WORKERS


def test_killed_at_some_borders_it_ends_as_it_would_have(told):
    """The same, at a few borders: for every day."""
    lines, services = run(told, borders(told)[2::48], "some")
    assert [(line["killed"], line["apart"]) for line in lines] == [([-9], {})] * len(lines)
    assert [one["refused"] for one in services] == [[]] * WORKERS
