"""Does what is routed really serve? python smoke.py starts a service, asks it, tells it, and ends it."""

import os
import secrets
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typer

TRIPS = 200
TRIP = {"pickup_zone": 74, "dropoff_zone": 42, "distance_miles": 2.6, "pickup_at": "2021-02-01T08:15:00"}


def main() -> None:
    """Exit code 0 when every answer was right: by whom the table says, written down, and its outcome taken."""
    from taxi.errors import told
    from taxi.serving import outcomes, own, routing, source
    from taxi.settings import Settings

    with told(), TemporaryDirectory() as folder:
        serving, token = Settings.given().serving, secrets.token_hex()
        table = routing.read(serving / source.ROUTES)
        copy = Path(folder) / "serving"
        copy.mkdir()
        for name in (source.ROUTES, source.SHELF):  # the questions are nobody's: they belong in no real log
            (copy / name).symlink_to((serving / name).resolve())
        began = time.monotonic()
        with own.started(Path(folder), TAXI_TOKEN=token) as port, closing(own.Line(port, token)) as line:
            answers = [line.post("/predict", TRIP | {"rider_id": f"rider-{number}"}) for number in range(TRIPS)]
            receipt = line.post(f"/trips/{answers[0]['request_id']}/finish", {"duration_minutes": 14.5})
        problems = wrong(table, answers, receipt, outcomes.joined(copy / source.LOG))
    for problem in problems:
        print(f"smoke: {problem}")
    if problems:
        raise SystemExit(1)
    versions = ", ".join(sorted({f"version {answer['model_version']}" for answer in answers}))
    print(f"{TRIPS} answers of {versions} in {time.monotonic() - began:.1f} s, all written down")


def wrong(table: Any, answers: list[dict[str, Any]], receipt: dict[str, Any], logged: Any) -> list[str]:
    """A sentence for each thing that is not as the table of routes says."""
    there = {one.number for one in (table.champion, table.challenger) if one is not None}
    heard = {answer["model_version"] for answer in answers}
    problems = []
    if not heard <= there or table.champion.number not in heard:
        problems.append(f"versions {', '.join(sorted(heard))} answered, and {', '.join(sorted(there))} are routed")
    if not all(1 <= answer["duration_minutes"] <= 60 for answer in answers):
        problems.append("a trip of 2.6 miles takes less than a minute, or more than an hour")
    if len(logged) != len(answers) or logged["minutes"].notna().sum() != 1 or receipt["status"] != "recorded":
        problems.append(f"of {len(answers)} answers and one outcome the log has {len(logged)} and "
                        f"{logged['minutes'].notna().sum()}")  # fmt: skip
    if table.challenger is not None and logged["challenger"].isna().any():
        problems.append(f"version {table.challenger.number} is on trial, and was not asked about every trip")
    return problems


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    typer.run(main)
