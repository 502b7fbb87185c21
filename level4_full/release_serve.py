"""What release_check.py does with a released service: start it with no help from this folder, ask it, stop it."""

import csv
import hashlib
import json
import os
import re
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from release_notes import HERE, NotReleasable, project

TRIP = {"pickup_zone": 74, "dropoff_zone": 42, "distance_miles": 2.6, "pickup_at": "2021-02-01T08:15:00"}
HELP = ("PYTHON", "TAXI_", "VIRTUAL_ENV")  # what a shell could help with: the released package must do without
TO_START, TO_STOP = 60, 20  # seconds


def mounted() -> str:
    """The file name of the model in the image, from the one place that says it."""
    found = re.search(r"TAXI_MODEL_PATH=/models/(\S+)", (HERE / "Dockerfile").read_text(encoding="utf-8"))
    assert found
    return found[1]


MODEL = HERE / "var" / mounted()


def alone() -> dict[str, str]:
    """This process's environment without what could help the package."""
    return {name: value for name, value in os.environ.items() if not name.startswith(HELP)}


def run(*command: str | Path, cwd: Path, remedy: str = "") -> str:
    """What a command prints. Raises NotReleasable with the end of its complaint."""
    done = subprocess.run(command, cwd=cwd, env=alone(), capture_output=True, text=True, check=False)
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())[-400:]
        raise NotReleasable(f"{Path(command[0]).name}: {said} {remedy}".rstrip())
    return done.stdout.strip()


@contextmanager
def step(name: str, what: str) -> Iterator[None]:
    """A line when it is done, with its seconds."""
    started = time.perf_counter()
    yield
    print(f"{name:<8} {what:<68} {time.perf_counter() - started:5.1f} s", flush=True)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def ask(port: int, path: str, body: dict[str, Any] | None = None) -> str:
    """What a service on this machine answers. Raises OSError when it does not, or refuses."""
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, {"content-type": "application/json"})
    no_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy's loopback is not ours
    with no_proxy.open(request, timeout=30) as answer:
        return str(answer.read().decode())


def start(port: int, folder: Path, *command: str | Path) -> subprocess.Popen[str]:
    """The service that a command starts in a folder, once /health answers.

    Raises NotReleasable, with what it printed, when it ends or needs more than a minute.
    """
    with TemporaryFile("w+") as log:
        process = subprocess.Popen(command, cwd=folder, env=alone(), stdout=log, stderr=subprocess.STDOUT, text=True)
        until = time.monotonic() + TO_START
        while process.poll() is None and time.monotonic() < until:
            with suppress(OSError):
                ask(port, "/health")
                return process
            time.sleep(0.05)
        stop(process)
        log.seek(0)
        raise NotReleasable(f"the service does not start: {' '.join(log.read().split())[-400:]}")


def stop(process: subprocess.Popen[str]) -> None:
    """Ask it to end, by its pid, and wait. Raises NotReleasable when it had to be killed."""
    process.terminate()  # nothing happens to one that has ended
    try:
        process.wait(TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise NotReleasable(f"the service does not stop within {TO_STOP} s of being asked to") from None


def serve(port: int, folder: Path, *command: str | Path) -> float:
    """Start, ask everything once, stop. Returns the minutes that were predicted."""
    with step("start", "the service, until /health answers"):
        process = start(port, folder, *command)
    try:
        with step("predict", "one trip; model, release and page are the ones of this folder"):
            answer = json.loads(ask(port, "/predict", TRIP))
            seen = (answer["model_version"], json.loads(ask(port, "/openapi.json"))["info"]["version"], ask(port, "/"))
            model = hashlib.sha256(MODEL.read_bytes()).hexdigest()[:12]
            if seen != (model, project(HERE)["version"], (HERE / "taxi/page.html").read_text()):
                raise NotReleasable(f"the service answers with another model, release or page: {seen[:2]}")
    finally:
        with step("stop", "the service, by its pid"):
            stop(process)
    return float(answer["duration_minutes"])


def predict_file(folder: Path, command: Path, minutes: float) -> None:
    """Raises NotReleasable unless the other command says the same as the service."""
    (folder / "trip.csv").write_text(",".join(TRIP) + "\n" + ",".join(map(str, TRIP.values())) + "\n")
    run(command, "trip.csv", "--out", "minutes.csv", "--model", MODEL, cwd=folder)
    with (folder / "minutes.csv").open() as file:
        said = float(next(csv.DictReader(file))["predicted_minutes"])
    if abs(said - minutes) > 1e-9:
        raise NotReleasable(f"taxi-predict says {said} minutes, and taxi-serve {minutes}")
