"""A service of one's own: started on a free port, asked over a line that stays open, ended by whoever started it."""

import http.client
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

from taxi.errors import CannotServe

PATIENCE = 30.0  # seconds, for its start and for an answer
IDLE = 2.0  # seconds, after which a connection is opened anew: the service closes those that are silent for 5
LEVEL = Path(__file__).parents[2]


@contextmanager
def started(state: Path, *words: str, **settings: str) -> Iterator[int]:
    """The port of serve.py WORDS with this folder and these settings, none of this process's own; then it is ended.

    Raises CannotServe when it does not start; it has said why on stderr.
    """
    env = {name: value for name, value in os.environ.items() if not name.startswith("TAXI_")}
    env |= {"OMP_NUM_THREADS": "1", "TAXI_STATE": str(state), **settings}
    command = [sys.executable, "serve.py", "--port", "0", *words]
    with subprocess.Popen(command, cwd=LEVEL, env=env, stdout=subprocess.PIPE, text=True) as process:
        patience = Timer(PATIENCE, process.kill)
        patience.start()
        try:
            found = re.search(r" on http://127\.0\.0\.1:(\d+)", process.stdout.readline() if process.stdout else "")
            patience.cancel()
            if found is None:
                raise CannotServe("the service of its own did not start. It said why above")
            yield int(found[1])
        finally:
            patience.cancel()
            process.kill()


class Line:
    """A connection to a service on this machine, for one thread."""

    def __init__(self, port: int, token: str = "") -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self._headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
        self._used = time.monotonic()

    def post(self, path: str, body: Any = None) -> Any:
        """What it answers. Raises CannotServe when it does not, or refuses: the reason is in the text."""
        if time.monotonic() - self._used > IDLE:
            self._line.close()
        try:
            self._line.request("POST", path, json.dumps(body), self._headers)
            reply = self._line.getresponse()
            said = reply.read()
        except (OSError, http.client.HTTPException) as error:
            self._line.close()
            raise CannotServe(f"no answer to {path}: {error or type(error).__name__}. Look at the service") from None
        self._used = time.monotonic()
        if reply.status != 200:
            raise CannotServe(f"{path} was refused: {reply.status} {said.decode(errors='replace')[:200]}")
        return json.loads(said)

    def close(self) -> None:
        self._line.close()
