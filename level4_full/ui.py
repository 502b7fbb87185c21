"""Open MLflow's page on this folder's registry: python ui.py. Bound to loopback, on a free port; Ctrl-C stops it."""

import os
import socket
import sys
from typing import Annotated

import typer

Port = Annotated[int, typer.Option(help="0 takes a free one", min=0, max=65535)]


def main(port: Port = 0) -> None:
    """Print the address of the experiment, then become MLflow's server; where one is named, its address is enough."""
    from taxi import tracking
    from taxi.errors import told
    from taxi.settings import Settings

    with told():
        settings = Settings.given()
        mlflow = tracking.connect(settings)
        experiment = mlflow.get_experiment_by_name(tracking.EXPERIMENT).experiment_id
        if settings.tracking_uri:
            print(f"MLflow: {settings.tracking_uri}/#/experiments/{experiment}/runs")
            return
        port = port or free_port()
        print(f"MLflow: http://127.0.0.1:{port}/#/experiments/{experiment}/runs  (Ctrl-C stops)", flush=True)
        uri = tracking.local(settings.state)
        words = ["server", "--backend-store-uri", uri, "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
        environment = os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
        os.execve(sys.executable, [sys.executable, "-m", "mlflow", *words], environment)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    typer.run(main)
