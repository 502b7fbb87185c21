"""The verbs as a user starts them: serve.py until it is stopped, and any verb until it ends."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LEVEL = Path(__file__).parents[1]
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # whatever proxy is set, this is loopback


@dataclass(frozen=True)
class Reply:
    """An answer: its status, its headers, and its body as JSON where it is JSON."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass(frozen=True)
class Service:
    """A running serve.py."""

    process: subprocess.Popen[bytes]
    url: str
    logged: Path

    def ask(self, path: str, body: Any = None, method: str | None = None, **headers: str) -> Reply:
        """One request. body: bytes as they are, an iterator in chunks, anything else as JSON."""
        data = body if body is None or isinstance(body, bytes | Iterator) else json.dumps(body).encode()
        names = {"content-type": "application/json"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        request = urllib.request.Request(self.url + path, data, names, method=method)
        try:
            with DIRECT.open(request, timeout=30) as answer:
                return Reply(answer.status, dict(answer.headers.items()), answer.read().decode())
        except urllib.error.HTTPError as refusal:
            with refusal:
                return Reply(refusal.code, dict(refusal.headers.items()), refusal.read().decode())

    def connect(self) -> socket.socket:
        """A bare connection, for what no well-behaved client sends."""
        return socket.create_connection(("127.0.0.1", int(self.url.rsplit(":", 1)[1])), timeout=10)

    def log(self) -> str:
        return self.logged.read_text()

    def stop(self, by: int = signal.SIGTERM, within: float = 5) -> int:
        """Stop it as an operator does; its exit code. Fails when it does not end in time."""
        self.process.send_signal(by)
        return self.process.wait(within)


@contextmanager
def running(model: Path, folder: Path, **environment: str) -> Iterator[Service]:
    """serve.py with a model on a free port, from its first answer on; stopped afterwards. It must not have failed."""
    log = folder / "serve.log"
    command = [sys.executable, "serve.py", "--port", "0", "--model", str(model)]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=LEVEL, env=os.environ | environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    service = None
    try:
        service = Service(process, address(process, log), log)
        assert service.ask("/health").status == 200, log.read_text()
        yield service
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(10)
        finally:
            process.kill()
    assert "Traceback" not in log.read_text(), log.read_text()


def address(process: subprocess.Popen[bytes], log: Path, patience: float = 60) -> str:
    """Where it says that it serves. Fails with its log when it ends, or says nothing for a minute."""
    for _ in range(int(patience / 0.05)):
        if found := re.search(r" on (http://\S+)", log.read_text()):
            return found.group(1)
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError(f"serve.py did not start (exit code {process.poll()}):\n{log.read_text()}")


def everything(connection: socket.socket) -> str:
    """All that comes back over a bare connection, until the other side closes it."""
    parts = []
    while part := connection.recv(65_536):
        parts.append(part)
    return b"".join(parts).decode()


def verb(*words: str | Path, cwd: Path = LEVEL, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run python WORDS as a user does, to its end."""
    command = [sys.executable, *map(str, words)]
    return subprocess.run(
        command, cwd=cwd, env=os.environ | environment, capture_output=True, text=True, timeout=1200, check=False
    )


def told(done: subprocess.CompletedProcess[str]) -> str:
    """The one line that a user's own mistake is answered with: exit code 2, no traceback, nothing else on stderr."""
    assert done.returncode == 2, done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    return line.removeprefix("error: ")


def papermill(folder: Path, notebook: Path = LEVEL / "duration.ipynb", **given: str) -> subprocess.CompletedProcess:
    """Run a copy of the notebook in `folder`, as make model does in var. given: its parameters, and TRIPS_DIR."""
    environment = {"TRIPS_DIR": given.pop("TRIPS_DIR")} if "TRIPS_DIR" in given else {}
    shutil.copy(notebook, folder)
    parameters = [word for name, value in ({"model_path": "model.pkl"} | given).items() for word in ("-p", name, value)]
    words = ("-m", "papermill", "-k", "python3", notebook.name, "out.ipynb", *parameters)
    return verb(*words, cwd=folder, **environment)
