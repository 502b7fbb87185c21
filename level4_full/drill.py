"""Take a version back under load, with a stopwatch: python drill.py (in a copy; nobody else's service is touched)"""

import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Annotated

import typer

MOST_SECONDS, RIDERS = 5.0, 4
TRIP = {"pickup_zone": 74, "dropoff_zone": 42, "distance_miles": 2.6, "pickup_at": "2021-02-01T08:15:00"}
Heard = list[tuple[float, str]]
Seconds = Annotated[float, typer.Option(help="of questions before and after it is taken back", min=0.2, max=30)]


def main(seconds: Seconds = 2.0) -> None:
    """The two newest models of the shelf: one serves, is taken back while riders ask; until when was it heard?"""
    from taxi.errors import BadInput, told
    from taxi.serving import routing, source
    from taxi.serving.own import started
    from taxi.serving.routing import Table, Version
    from taxi.settings import Settings

    with told(), TemporaryDirectory() as folder:
        shelf = Settings.given().serving / source.SHELF
        files = sorted(shelf.glob("*.onnx"), key=lambda path: path.stat().st_mtime)[-2:]
        if len(files) < 2:
            raise BadInput(f"a drill takes two models, and {shelf} has {len(files)}. Make them: make tour")
        shutil.copytree(shelf, Path(folder) / "serving" / source.SHELF)
        before, after = (Version(str(number), file.stem) for number, file in enumerate(files, 1))
        routes = Path(folder) / "serving" / source.ROUTES
        routing.write(Table(after, generation=1), routes)
        with started(Path(folder)) as port, asked(port) as heard:
            time.sleep(seconds)
            began = time.monotonic()
            routing.write(Table(before, generation=2), routes)
            time.sleep(MOST_SECONDS + seconds)
        judge(heard, began)


def judge(heard: Heard, began: float) -> None:
    """Exits with 1 when the version that was taken back was heard for longer than it may be, or an answer failed."""
    late = max((at - began for at, version in heard if version == "2"), default=0.0)
    failed = sum(version not in ("1", "2") for _, version in heard)
    back = sum(version == "1" for _, version in heard)
    print(f"{len(heard):,} answers, {failed} failed; last heard {max(late, 0):.2f} s after it was taken back")
    if late > MOST_SECONDS or failed or not back or back == len(heard):
        print(f"the drill failed: at most {MOST_SECONDS:g} s, no failure, and both versions heard")
        raise SystemExit(1)


@contextmanager
def asked(port: int) -> Iterator[Heard]:
    """Riders who ask all the while; when each answer came, and which version said it, or what went wrong."""
    from taxi.errors import CannotServe
    from taxi.serving.own import Line

    heard, stop = Heard(), Event()

    def ask() -> None:
        with closing(Line(port)) as line:
            while not stop.wait(0.01):
                try:
                    said = str(line.post("/predict", TRIP)["model_version"])
                except (CannotServe, ValueError, KeyError) as error:
                    said = type(error).__name__
                heard.append((time.monotonic(), said))

    riders = [Thread(target=ask, daemon=True) for _ in range(RIDERS)]
    for rider in riders:
        rider.start()
    try:
        yield heard
    finally:
        stop.set()
        for rider in riders:
            rider.join()


if __name__ == "__main__":
    typer.run(main)
