"""Serve one model over HTTP: python serve.py, then http://127.0.0.1:8000"""

import errno
import os
import socket
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from fastapi import FastAPI

    from taxi.settings import Settings
    from taxi.store import Loaded

Host = Annotated[str | None, typer.Option(help="address to bind  [default: TAXI_HOST, or 127.0.0.1]")]
Port = Annotated[int | None, typer.Option(help="port to bind  [default: TAXI_PORT, or 8000]", min=0, max=65535)]
Model = Annotated[Path | None, typer.Option(help="the model's file  [default: TAXI_MODEL_PATH]")]
Show = Annotated[bool, typer.Option("--show-settings", help="print the settings and stop")]


def main(host: Host = None, port: Port = None, model: Model = None, show_settings: Show = False) -> None:
    """Load the model once, then answer POST /predict, POST /predict/batch and the page at /."""
    from taxi.errors import told
    from taxi.settings import Settings

    with told():
        settings = Settings.given(host=host, port=port, model_path=model)
        if show_settings:
            print(settings.model_dump_json(indent=2))
        else:
            run(settings)


def run(settings: "Settings") -> None:
    import uvicorn

    from taxi import store

    loaded = store.load(settings.model_path)
    with bind(settings) as listening:
        port = listening.getsockname()[1]
        print(f"serving model {loaded.version} on http://{settings.host}:{port}  (Ctrl-C stops)", flush=True)
        app, patience = create_app(loaded, settings), 2  # seconds for what is under way when somebody stops it
        config = uvicorn.Config(app, log_level="warning", loop="uvloop", http="httptools",
                                timeout_graceful_shutdown=patience)  # fmt: skip
        uvicorn.Server(config).run(sockets=[listening])


def bind(settings: "Settings") -> socket.socket:
    """The listening socket. Raises CannotServe when the port is taken or the address is not ours."""
    from taxi.errors import CannotServe

    listening = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        taken = error.errno in (errno.EADDRINUSE, errno.EACCES)
        remedy = "Stop what uses it, or choose another: --port 8001" if taken else "Name one of ours: --host 127.0.0.1"
        raise CannotServe(f"cannot bind {settings.host}:{settings.port} ({error.strerror}). {remedy}") from None
    listening.listen(128)
    return listening


def create_app(loaded: "Loaded", settings: "Settings") -> "FastAPI":
    """The service around one model."""
    from fastapi import FastAPI, Response
    from fastapi.responses import HTMLResponse
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest

    from taxi.api import REFUSALS, Answer, Answers, Batch, BodyLimit, Trip, explain_refusals
    from taxi.features import features

    app = FastAPI(title="Taxi trip duration", version=release(), description="How many minutes a taxi trip takes.")
    app.add_middleware(BodyLimit, default=settings.max_body_bytes, paths={"/predict/batch": settings.max_batch_bytes})
    explain_refusals(app)
    page = Path(__file__).with_name("taxi").joinpath("page.html").read_text(encoding="utf-8")
    registry = CollectorRegistry()
    answered = Counter("predictions", "Trips answered", registry=registry)
    seconds = Histogram("predict_seconds", "Time the model took, a request", registry=registry)

    def minutes(trips: list[Trip]) -> list[Answer]:
        columns = zip(*((t.pickup_zone, t.dropoff_zone, t.distance_miles, t.pickup_at) for t in trips), strict=True)
        with seconds.time():
            predicted = loaded.model.predict(features(*columns))
        answered.inc(len(trips))
        return [
            Answer(duration_minutes=float(value), model_version=loaded.version, request_id=uuid.uuid4().hex)
            for value in predicted
        ]

    @app.post("/predict", responses=REFUSALS)
    def predict(trip: Trip) -> Answer:
        return minutes([trip])[0]

    @app.post("/predict/batch", responses=REFUSALS)
    def predict_batch(batch: Batch) -> Answers:
        return Answers(predictions=minutes(batch.trips))

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/ready")
    def ready() -> dict[str, str]:
        return {"status": "ready", "model_version": loaded.version}

    @app.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    @app.get("/", response_class=HTMLResponse)
    def home() -> str:
        return page

    return app


def release() -> str:
    """The version that was released: one place, pyproject.toml."""
    from importlib.metadata import version

    from taxi.settings import LEVEL

    return version(LEVEL)


def cli() -> None:
    """The command of the installed package: taxi-serve."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # requests are the parallelism: more threads would wait by spinning
    typer.run(main)


if __name__ == "__main__":
    cli()
