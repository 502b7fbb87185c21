"""What bench.py measures beside: FastAPI checking the same question and answering a constant. No model, no metrics."""

import socket

import uvicorn
from fastapi import FastAPI

from taxi.api import Answer, Trip


def create_app() -> FastAPI:
    """The service: as little as FastAPI can do with a question."""
    app = FastAPI()

    @app.post("/predict")
    async def predict(trip: Trip) -> Answer:
        return Answer(duration_minutes=13.2, model_version="constant", variant="champion", experiment_id=None,
                      request_id="0" * 32)  # fmt: skip

    return app


def main() -> None:
    """Serve on a free port, with the settings of serve.py."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(f"serving a constant on http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        config = uvicorn.Config(create_app(), log_level="warning", loop="uvloop", http="httptools")
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
