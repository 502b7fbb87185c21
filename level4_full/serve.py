"""Serve what is routed, over HTTP: python serve.py, then http://127.0.0.1:8000"""

import errno
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from taxi.serving.live import Live
    from taxi.settings import Settings

LOOK_SECONDS = 0.5
Host = Annotated[str | None, typer.Option(help="address to bind  [default: TAXI_HOST, or 127.0.0.1]")]
Port = Annotated[int | None, typer.Option(help="port to bind  [default: TAXI_PORT, or 8000]", min=0, max=65535)]
Model = Annotated[Path | None, typer.Option(help="answer with this file alone  [default: TAXI_MODEL_PATH]")]
Show = Annotated[bool, typer.Option("--show-settings", help="print the settings and stop")]


def main(host: Host = None, port: Port = None, model: Model = None, show_settings: Show = False) -> None:
    """Load the models that are routed; answer POST /predict, POST /predict/batch, the page at /; follow the routes."""
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

    from taxi.serving import live

    serving = live.begin(settings)
    with bind(settings) as listening:
        port = listening.getsockname()[1]
        version = serving.now.table.champion.number
        print(f"serving model {version} on http://{settings.host}:{port}  (Ctrl-C stops)", flush=True)
        app, patience = create_app(serving, settings), 2  # seconds for what is under way when somebody stops it
        config = uvicorn.Config(app, log_level="warning", access_log=False, proxy_headers=False, loop="uvloop",
                                http="httptools", timeout_graceful_shutdown=patience)  # fmt: skip
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


def create_app(live: "Live", settings: "Settings") -> "ASGIApp":
    """The service around what is followed: the lane for what is plainly right, and the road for everything."""
    from fastapi import FastAPI, Response
    from fastapi.responses import HTMLResponse
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    from taxi.api import REFUSALS, Answer, Answers, Batch, BodyLimit, Trip, explain_refusals, refuse
    from taxi.features import features
    from taxi.serving.doors import ROOM, open_doors
    from taxi.serving.lane import FastLane, headers
    from taxi.serving.trip import Answered, Asked

    @asynccontextmanager
    async def following(_: FastAPI) -> AsyncIterator[None]:
        stop = Event()
        Thread(target=follow, args=(live, stop), daemon=True, name="follow").start()
        yield
        stop.set()

    app = FastAPI(title="Taxi trip duration", version=release(), lifespan=following,
                  description="How many minutes a taxi trip takes.")  # fmt: skip
    open_doors(app, live, settings.token.get_secret_value() if settings.token else "")
    explain_refusals(app)
    page = Path(__file__).with_name("taxi").joinpath("page.html").read_text(encoding="utf-8")

    def minutes(trips: list[Trip]) -> list[Answered]:
        asked = [
            Asked(t.pickup_zone, t.dropoff_zone, t.distance_miles, t.pickup_at.isoformat(), t.rider_id) for t in trips
        ]
        return live.answer(asked, features(*list(zip(*asked, strict=True))[:4]))

    @app.post("/predict", responses=REFUSALS)
    async def predict(trip: Trip, response: Response) -> Answer:
        (answered,) = minutes([trip])
        response.headers.update({name.decode(): value.decode() for name, value in headers(answered)})
        return Answer(**answered._asdict())

    @app.post("/predict/batch", responses=REFUSALS)
    async def predict_batch(batch: Batch) -> Answers:
        return Answers(predictions=[Answer(**answered._asdict()) for answered in minutes(batch.trips)])

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/ready")
    async def ready() -> dict[str, str]:
        return live.state()

    @app.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    async def metrics() -> Response:
        return Response(generate_latest(live.metrics.registry), media_type=CONTENT_TYPE_LATEST)

    @app.get("/loop", response_class=Response, responses=ROOM)
    async def control_room() -> Any:
        room = live.loop / "index.html"
        return HTMLResponse(room.read_bytes()) if room.exists() else refuse(404, "no_loop", "no loop was here yet")

    @app.get("/", response_class=HTMLResponse)
    async def home() -> str:
        return page

    lane = FastLane(app, live, settings.shadow_at, settings.refuse_at)
    return BodyLimit(lane, settings.max_body_bytes, {"/predict/batch": settings.max_batch_bytes})


def follow(live: "Live", stop: Event) -> None:
    """Look at the table of routes twice a second, beside the answering: a model that loads for ever stops nobody."""
    while not stop.wait(LOOK_SECONDS):
        with suppress(Exception):  # whatever it is, the last good models answer, and it is tried again
            live.follow()


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
