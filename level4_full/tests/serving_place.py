"""A folder that a service follows: two models on its shelf, and tables of routes; and a service that follows it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from running import LEVEL, Service, address

from taxi.serving import live, routing, shelf, source
from taxi.serving.routing import Table, Version
from taxi.settings import Settings

TOKEN = "a token of twenty-four c"


@dataclass(frozen=True)
class Place:
    """state: as TAXI_STATE. first, second: versions "1" and "2"."""

    state: Path
    first: Version
    second: Version

    @property
    def settings(self) -> Settings:
        return Settings(state=self.state, token=TOKEN)

    @property
    def folder(self) -> Path:
        return self.settings.serving

    @property
    def log(self) -> Path:
        return self.folder / source.LOG

    def trial(self, share: float, generation: int = 1, experiment_id: str = "1-2-1") -> Table:
        return Table(self.first, self.second, share, experiment_id, generation)

    def route(self, table: Table) -> Table:
        routing.write(table, self.folder / source.ROUTES)
        return table

    def file(self, version: Version) -> Path:
        return self.folder / source.SHELF / f"{version.sha256}.onnx"

    def begin(self, **changes: object) -> live.Live:
        return live.begin(self.settings.model_copy(update=changes))

    @contextmanager
    def served(self, folder: Path, program: tuple[str, ...] = ("serve.py",), **environment: str) -> Iterator[Service]:
        """serve.py on a free port; killed at the end when it is still there."""
        log = folder / f"serve-{len(list(folder.glob('serve-*')))}.log"
        env = os.environ | {"TAXI_STATE": str(self.state), "TAXI_TOKEN": TOKEN, "OMP_NUM_THREADS": "1"} | environment
        with log.open("wb") as out:
            command = [sys.executable, *program, "--port", "0"]
            process = subprocess.Popen(command, cwd=LEVEL, env=env, stdout=out, stderr=out)
        try:
            yield Service(process, address(process, log), log)
        finally:
            process.kill()
            process.wait()
        assert "Traceback" not in log.read_text(), log.read_text()


def made(state: Path, first: bytes, second: bytes) -> Place:
    """Both on the shelf; the first answers everybody."""
    there = [shelf.put(Settings(state=state).serving / source.SHELF, graph) for graph in (first, second)]
    place = Place(state, Version("1", there[0]), Version("2", there[1]))
    place.route(Table(place.first, generation=0))
    return place


def constant(like: bytes, minutes: float) -> bytes:
    """A graph of the same contract that always says this; NaN too."""
    import numpy as np
    import onnx
    from onnx import helper, numpy_helper

    whole = onnx.load_model_from_string(like)
    graph = whole.graph
    nodes = [
        helper.make_node("Slice", ["trip", "from", "to", "axis"], ["column"]),
        helper.make_node("Mul", ["column", "zero"], ["nothing"]),
        helper.make_node("Add", ["nothing", "said"], ["minutes"]),
    ]
    values = {"from": np.array([0]), "to": np.array([1]), "axis": np.array([1]),
              "zero": np.array([0], np.float32), "said": np.array([minutes], np.float32)}  # fmt: skip
    constants = [numpy_helper.from_array(value, name) for name, value in values.items()]
    made = helper.make_graph(nodes, "constant", graph.input, graph.output, constants)
    return helper.make_model(made, opset_imports=whole.opset_import, ir_version=whole.ir_version).SerializeToString()


def renumbered(place: Place, shelf_of: bytes) -> Place:
    """The place with another second version."""
    sha = shelf.put(place.folder / source.SHELF, shelf_of)
    return replace(place, second=Version("2", sha))
