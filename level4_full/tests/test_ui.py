"""MLflow's page: of this folder and no other, for this machine and no other, and gone when it is stopped."""

import re
import socket
from contextlib import ExitStack

import pytest
from verbs import DIRECT, ask, healthy, served, verb, wait_for

from taxi import tracking
from taxi.settings import Settings


def address(process, log):
    """What it says first: its address, and the number of the experiment."""
    said = r"MLflow: (http://127\.0\.0\.1:\d+)/#/experiments/(\d+)/runs"
    found = wait_for(lambda: process.poll() is not None or re.search(said, log.read_text()), 60)
    assert isinstance(found, re.Match), f"exit code {process.poll()}: {log.read_text()}"
    return found.groups()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Two folders, a run in each, and python ui.py on both at once: state folder, address and experiment of each."""
    found = []
    with ExitStack() as stack:
        for name in ("ours", "theirs"):
            state, log = tmp_path_factory.mktemp(name), tmp_path_factory.mktemp("log") / "ui.log"
            with tracking.run(tracking.connect(Settings(state=state, tracking_uri=None)), name, {}, {}):
                pass
            process = stack.enter_context(served(["ui.py"], log, TAXI_STATE=str(state)))
            url, experiment = address(process, log)
            found.append((state, url, experiment, process, log))
        for _, url, _, process, log in found:
            healthy(url, process, log)
        yield [(state, url, experiment) for state, url, experiment, _, _ in found]
    # `served` has stopped both by SIGTERM, and looked for children that were left over


@pytest.mark.slow
def test_a_page_shows_its_own_folder(pages):
    """The experiment that its address names, with that folder's run and files; nothing of the other one."""
    for name, (state, url, experiment) in zip(("ours", "theirs"), pages, strict=True):
        experiments = ask(url, "experiments/search", max_results=10)["experiments"]
        (own,) = [each for each in experiments if each["name"] == tracking.EXPERIMENT]
        assert own["experiment_id"] == experiment
        assert own["artifact_location"] == (state / "artifacts").as_uri()
        runs = ask(url, "runs/search", experiment_ids=[each["experiment_id"] for each in experiments])["runs"]
        assert [run["info"]["run_name"] for run in runs] == [name]
        assert b"<html" in DIRECT.open(url, timeout=30).read()


@pytest.mark.slow
def test_a_page_is_bound_to_loopback(pages):
    """On every other address of this machine nobody listens."""
    for _, url, _ in pages:
        port = int(url.rsplit(":", 1)[1])
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
        with pytest.raises(OSError, match=r"refused|unreachable|timed out"):
            socket.create_connection((elsewhere(), port), timeout=5).close()


def elsewhere() -> str:
    """Another address of this machine: the one it would be reached by, or loopback's second."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent
        except OSError:
            return "127.0.0.2"
        return str(probe.getsockname()[0])


@pytest.mark.slow
def test_a_named_server_has_a_page_already(pages, tmp_path):
    """ui.py says where, and starts nothing."""
    _, url, _ = pages[0]
    done = verb("ui.py", TAXI_TRACKING_URI=url, TAXI_STATE=str(tmp_path / "unused"))
    assert (done.returncode, done.stdout) == (0, f"MLflow: {url}/#/experiments/1/runs\n"), done.stderr
    assert not (tmp_path / "unused").exists()
