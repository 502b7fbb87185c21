"""Our server beside others with the same model, interleaved in one run: python bench_peers.py

serve.py has everything on (trial at 50 %, shadow, metrics, log); `mlflow models serve` logs nothing and splits nothing.
"""

import json
import os
import socket
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from bench_client import HEAD, questions
from bench_lives import HERE, Figures, Peer, life

PYTHON = sys.executable
Rounds = Annotated[int, typer.Option(help="of each, in turns; medians are shown", min=1)]
Seconds = Annotated[float, typer.Option(help="of load, for each number of connections", min=0.1)]
Only = Annotated[str, typer.Option(help="a part of the names of those to measure; serve.py always is")]


def main(rounds: Rounds = 3, seconds: Seconds = 2.0, only: Only = "") -> None:
    """Requests a second by connections, start to first answer, memory; the ratio of ours to each."""
    from rich.progress import track

    os.chdir(HERE)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}, requests/s, medians of {rounds} turns")
    with TemporaryDirectory() as folder:
        first, *others = peers(Path(folder))
        chosen = [first, *(peer for peer in others if only in peer.name)]
        turns = iter(track(chosen * rounds, "serving", transient=True))
        lives = [[life(next(turns), seconds) for _ in chosen] for _ in range(rounds)]
    show([peer.name for peer in chosen], lives)


def placed(folder: Path) -> None:
    """Two models, trained now; the first is the same for everybody."""
    import logging

    import mlflow
    import onnx

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
    logging.getLogger("mlflow").setLevel(logging.ERROR)  # it warns of pickles, rightly: they are the peer's way
    os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] = "true"  # for the peer: its models are programs
    example = model.table(rows.head(2))
    onnx_model = onnx.load_model_from_string(graph)
    signature = mlflow.models.infer_signature(example)
    mlflow.onnx.save_model(onnx_model, folder / "onnx", pip_requirements=["onnxruntime"], signature=signature,
                           save_as_external_data=False, onnx_execution_providers=["CPUExecutionProvider"])  # fmt: skip
    mlflow.sklearn.save_model(pipeline, folder / "sklearn", pip_requirements=["scikit-learn"], signature=signature,
                              serialization_format="cloudpickle")  # fmt: skip


def peers(folder: Path) -> list[Peer]:
    """Who serves what `placed` placed."""
    placed(folder)
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
    words = ["models", "serve", "-m", str(model), "-p", str(port), "--env-manager", "local"]
    command = [str(Path(PYTHON).with_name("mlflow")), *words]
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


def show(names: list[str], lives: list[list[Figures]]) -> None:
    """Medians, and how many times theirs ours is. N at once: requests a second over N connections."""
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
