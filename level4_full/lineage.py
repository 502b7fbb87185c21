"""Where did this answer come from? python lineage.py REQUEST_ID: from one prediction to the bytes that made it."""

import os
from typing import Annotated

import typer

Request = Annotated[str, typer.Argument(help="as an answer carries it: request_id", metavar="REQUEST_ID")]


def main(request_id: Request) -> None:
    """Trip, variant, version, file, run, commit, lock, days, gate and actor; each hash is looked at again."""
    import json

    from taxi.errors import told
    from taxi.loop.trace import Tracer
    from taxi.settings import Settings

    with told():
        print(json.dumps(Tracer(Settings.given()).trace(request_id), indent=2, default=str))


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    typer.run(main)
