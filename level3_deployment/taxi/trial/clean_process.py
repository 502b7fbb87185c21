"""A version in a service of its own: does it load and answer where nothing of the training is left in memory?"""

import http.client
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer
from typing import Any

SECONDS = 30.0
LEVEL = Path(__file__).parents[2]


def ask(graph: bytes, trip: dict[str, Any]) -> float | None:
    """Minutes that serve.py answers from this file, on a port of its own; None where it does not start or answer."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        path.write_bytes(graph)
        env = {name: value for name, value in os.environ.items() if not name.startswith("TAXI_")}
        env |= {"TAXI_STATE": folder, "TAXI_LOG": "false", "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "serve.py", "--port", "0", "--model", str(path)]
        with subprocess.Popen(command, cwd=LEVEL, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True) as process:  # fmt: skip
            patience = Timer(SECONDS, process.kill)
            patience.start()
            try:
                found = re.search(r" on http://127\.0\.0\.1:(\d+)", process.stdout.readline() if process.stdout else "")
                return _minutes(int(found[1]), trip) if found else None
            finally:
                patience.cancel()
                process.kill()


def _minutes(port: int, trip: dict[str, Any]) -> float | None:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        line.request("POST", "/predict", json.dumps(trip), {"content-type": "application/json"})
        reply = line.getresponse()
        answer = json.loads(reply.read())
        return float(answer["duration_minutes"]) if reply.status == 200 else None
    except (OSError, ValueError):
        return None
    finally:
        line.close()
