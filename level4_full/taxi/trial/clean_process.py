"""A version in a service of its own: does it load and answer where nothing of the training is left in memory?"""

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from taxi.errors import CannotServe
from taxi.serving.own import Line, started


def ask(graph: bytes, trip: dict[str, Any]) -> float | None:
    """Minutes that serve.py answers from this file, on a port of its own; None where it does not start or answer."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        path.write_bytes(graph)
        try:
            with started(Path(folder), "--model", str(path), TAXI_LOG="false") as port, closing(Line(port)) as line:
                return float(line.post("/predict", trip)["duration_minutes"])
        except (CannotServe, ValueError):
            return None
