"""The verbs as a user starts them; and servers, from their first answer to their end."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LEVEL = Path(__file__).parents[1]
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # whatever proxy is set, this is loopback
QUIET = {
    "NO_PROXY": "127.0.0.1",
    "OMP_NUM_THREADS": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
}


def start(*words: str, **environment: str) -> subprocess.Popen[str]:
    """python WORDS, under way."""
    env = os.environ | QUIET | environment
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, *words], cwd=LEVEL, env=env, stdout=pipe, stderr=pipe, text=True)


def verb(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """python WORDS, to its end."""
    process = start(*words, **environment)
    try:
        out, err = process.communicate(timeout=1200)
    finally:
        process.kill()
    return subprocess.CompletedProcess(words, process.returncode, out, err)


def told(done: subprocess.CompletedProcess[str]) -> str:
    """The one line that a user's own mistake is answered with: exit code 2, no traceback, nothing else."""
    assert (done.returncode, done.stdout) == (2, ""), done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    return line.removeprefix("error: ")


@contextmanager
def served(words: list[str], log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """python WORDS in a process group of its own, ended by SIGTERM: it and its children, all of them."""
    env = os.environ | QUIET | environment
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, *words], cwd=LEVEL, env=env, stdout=out, stderr=out, start_new_session=True
        )
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        assert wait_for(lambda: not group_lives(process.pid), 5), f"left over: process group {process.pid}"
    finally:
        if group_lives(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def group_lives(leader: int) -> bool:
    try:
        os.killpg(leader, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(question: Any, seconds: float) -> Any:
    """The first answer that is true, or the last one when time is up."""
    end = time.monotonic() + seconds
    while not (answer := question()) and time.monotonic() < end:
        time.sleep(0.1)
    return answer


def healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until an MLflow server answers; fail with its log when it ends, or two minutes have passed."""

    def answers() -> bool:
        assert process.poll() is None, log.read_text()
        try:
            return DIRECT.open(f"{url}/health", timeout=5).status == 200
        except OSError:
            return False

    assert wait_for(answers, 120), log.read_text()


def ask(url: str, what: str, **body: Any) -> Any:
    """MLflow's REST interface, over HTTP."""
    request = urllib.request.Request(f"{url}/api/2.0/mlflow/{what}", json.dumps(body).encode())
    request.add_header("content-type", "application/json")
    with DIRECT.open(request, timeout=30) as answer:
        return json.load(answer)
