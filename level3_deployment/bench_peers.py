"""Our server beside others with the same model, interleaved in one run: python bench_peers.py

serve.py has everything on (trial at 50 %, shadow, metrics, log); `mlflow models serve` logs nothing and splits nothing.
"""

import asyncio
import itertools
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from bench_client import HEAD, load, questions

HERE, PYTHON = Path(__file__).parent, sys.executable
CONNECTIONS = (1, 8, 64)
Rounds = Annotated[int, typer.Option(help="of each, in turns; medians are shown", min=1)]
Seconds = Annotated[float, typer.Option(help="of load, for each number of connections", min=0.1)]
Only = Annotated[str, typer.Option(help="a part of the names of those to measure; serve.py always is")]
Figures = dict[str, float]


@dataclass(frozen=True)
class Peer:
    """Somebody who serves. port: None where it says itself which one it took."""

    name: str
    command: list[str]
    asked: list[bytes]
    path: str = "/predict"
    port: int | None = None
    cwd: Path = HERE
    env: dict[str, str] = field(default_factory=dict)


def main(rounds: Rounds = 2, seconds: Seconds = 2.0, only: Only = "") -> None:
    """Requests a second by connections, start to first answer, memory; the ratio of ours to each."""
    os.chdir(HERE)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}, medians of {rounds} in turns")
    with TemporaryDirectory() as folder:
        first, *others = peers(Path(folder))
        chosen = [first, *(peer for peer in others if only in peer.name)]
        lives = [[life(peer, seconds) for peer in chosen] for _ in range(rounds)]
    show([peer.name for peer in chosen], lives)


def peers(folder: Path) -> list[Peer]:
    """Two models, trained now; the first is the same for everybody."""
    import mlflow

    import trips
    from taxi import export, model
    from taxi.serving import routing, shelf, source
    from taxi.settings import Settings

    rows, _ = trips.clean(trips.City(0).month("2021-01"))
    pipeline = model.fit(rows)
    graph, other = export.to_onnx(pipeline), export.to_onnx(model.fit(rows, 1, max_iter=300, max_leaf_nodes=63))
    place = Settings(state=folder).serving
    one, two = (routing.Version(str(n), shelf.put(place / source.SHELF, g)) for n, g in ((1, graph), (2, other)))
    routing.write(routing.Table(one, two, 0.5, "1-2-1", 1), place / source.ROUTES)
    os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] = "true"  # for the peer: its models are programs
    example = model.table(rows.head(2))
    onnx_model = __import__("onnx").load_model_from_string(graph)
    signature = mlflow.models.infer_signature(example)
    mlflow.onnx.save_model(onnx_model, folder / "onnx", pip_requirements=["onnxruntime"], signature=signature,
                           save_as_external_data=False, onnx_execution_providers=["CPUExecutionProvider"])  # fmt: skip
    mlflow.sklearn.save_model(pipeline, folder / "sklearn", pip_requirements=["scikit-learn"], signature=signature,
                              serialization_format="cloudpickle")  # fmt: skip
    ours = {"TAXI_STATE": str(folder), "TAXI_TOKEN": "0123456789abcdef"}
    serve = [PYTHON, "serve.py", "--port", "0"]
    found = [
        Peer("serve.py", serve, questions(), env=ours),
        Peer("the same, log off", serve, questions(), env=ours | {"TAXI_LOG": "0"}),
        Peer("a constant", [PYTHON, "bench_constant.py"], questions()),
        mlflow_peer("mlflow models serve, ONNX", folder / "onnx"),
        mlflow_peer("mlflow models serve, scikit-learn", folder / "sklearn"),
        Peer("FastAPI and pandas", [PYTHON, "bench_tutorial.py"], questions()),
    ]
    below = HERE.parent / "level1_devops"
    if (below / "var/model.pkl").is_file() and (below / ".venv").is_dir():
        command = [str(below / ".venv/bin/python"), "serve.py", "--port", "0"]
        found.append(Peer("level 1", command, questions(), cwd=below))
    else:
        print("level 1 is left out: make -C ../level1_devops model")
    return found


def mlflow_peer(name: str, model: Path) -> Peer:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        str(Path(PYTHON).with_name("mlflow")),
        "models",
        "serve",
        "-m",
        str(model),
        "-p",
        str(port),
        "--env-manager",
        "local",
    ]
    path = f"{Path(PYTHON).parent}{os.pathsep}{os.environ['PATH']}"
    return Peer(name, command, invocations(), "/invocations", port, env={"PATH": path})


def invocations() -> list[bytes]:
    """The same trips as `questions`, as MLflow wants to be asked."""
    from taxi.features import features

    found = []
    for question in questions():
        trip = json.loads(question.partition(b"\r\n\r\n")[2])
        rows = features(*([trip[name]] for name in ("pickup_zone", "dropoff_zone", "distance_miles", "pickup_at")))
        body = json.dumps({"inputs": rows.tolist()})
        found.append((HEAD.format(len(body)).replace("/predict", "/invocations") + body).encode())
    return found


def life(peer: Peer, seconds: float) -> Figures:
    """Started, asked once, loaded, weighed, stopped."""
    asked, begin = itertools.cycle(peer.asked), time.perf_counter()
    with started(peer) as (pid, port):
        first_answer(port, asked)
        figures = {"start to first answer, s": time.perf_counter() - begin}
        for connections in CONNECTIONS:
            asyncio.run(load(port, asked, connections, seconds / 4))
            before = time.perf_counter()
            answers = asyncio.run(load(port, asked, connections, seconds))
            figures[f"requests/s, {connections} connections"] = answers / (time.perf_counter() - before)
        return figures | {"memory, PSS MiB": memory(pid)}


def first_answer(port: int, asked: Iterator[bytes]) -> None:
    """Asks until it is answered; for a minute."""
    until = time.perf_counter() + 60
    while True:
        try:
            asyncio.run(load(port, asked, 1, 0))
            return
        except (OSError, RuntimeError):
            if time.perf_counter() > until:
                raise
            time.sleep(0.02)


@contextmanager
def started(peer: Peer) -> Iterator[tuple[int, int]]:
    """Process id and port, as soon as it listens; it and its children are ended afterwards."""
    env = os.environ | peer.env
    talk = subprocess.PIPE if peer.port is None else subprocess.DEVNULL  # a pipe that nobody reads fills, and blocks
    with subprocess.Popen(peer.command, cwd=peer.cwd, env=env, stdout=talk, stderr=subprocess.DEVNULL,
                          text=True, start_new_session=True) as process:  # fmt: skip
        try:
            port = peer.port
            if port is None:  # it says so
                found = re.search(r" on http://127\.0\.0\.1:(\d+)", process.stdout.readline() if process.stdout else "")
                if found is None:
                    raise SystemExit(f"{peer.name} does not start")
                port = int(found[1])
            yield process.pid, port
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def memory(leader: int) -> float:
    """PSS of a process and all of its group: shared pages divided among those who share them."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(folder.name)) == leader:
                found = re.search(r"\nPss:\s+(\d+)", (folder / "smaps_rollup").read_text())
                total += int(found[1]) if found else 0
        except OSError:  # it has ended meanwhile
            continue
    return total / 1024


def show(names: list[str], lives: list[list[Figures]]) -> None:
    """Medians, and how many times theirs ours is."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table("", *lives[0][0], box=box.SIMPLE)
    ours: dict[str, Any] = {}
    for place, name in enumerate(names):
        figures = {key: statistics.median(turn[place][key] for turn in lives) for key in lives[0][0]}
        ours = ours or figures
        table.add_row(name, *(f"{value:,.2f}" if value < 100 else f"{value:,.0f}" for value in figures.values()))
        if place:
            table.add_row(
                "  ours to it", *(f"{ours[key] / value:.2f}" for key, value in figures.items()), end_section=True
            )
    Console(width=150).print(table)


if __name__ == "__main__":
    typer.run(main)
