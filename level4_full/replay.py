"""Live months again through a service of its own, days in seconds: python replay.py 2021-04..2021-05 --source tlc"""

import os
import secrets
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import pandas as pd

    from taxi.settings import Settings

Months = Annotated[list[str], typer.Argument(help="months to live: 2021-04, or 2021-04..2021-05", metavar="MONTHS")]
Where = Annotated[str, typer.Option(help="city or tlc")]
Seed = Annotated[int, typer.Option(help="of the city")]


def main(months: Months, source: Where = "city", seed: Seed = 0) -> None:
    """Each trip is asked about when it begins and told when it has ended; between two days deploy.py looks once."""
    import deploy
    from rich.progress import Progress

    from taxi.errors import told
    from taxi.serving import own
    from taxi.serving.riders import Riders
    from taxi.settings import Settings
    from taxi.trial.state import Desk

    with told():
        settings, token, began = Settings.given(), secrets.token_hex(), time.monotonic()
        desk, lived = Desk(settings.state / "deploy"), list(days(settings, months, source, seed))
        pipeline = deploy.prepared(settings, desk)
        with (
            Progress(transient=True, disable=not os.isatty(1)) as progress,
            own.started(settings.state.absolute(), TAXI_CLOCK="trips", TAXI_TOKEN=token) as port,
            Riders(port, token) as riders,
        ):
            for trips in progress.track(lived, description="days"):
                riders.live(trips)
                with desk.alone():
                    pipeline.go_on()
                riders.follow()
        print(f"{riders.asked:,} trips asked about and {riders.told:,} told in {time.monotonic() - began:.0f} s")


def days(settings: "Settings", months: list[str], source: str, seed: int) -> "Iterator[pd.DataFrame]":
    """The trips of each day that a service can be asked about; what the log knows already is not lived again.

    Raises BadInput when nothing is left.
    """
    import pandas as pd

    import trips
    from taxi.errors import BadInput
    from taxi.serving import outcomes
    from taxi.serving.source import LOG
    from taxi.trial import cohorts
    from trips.fetch import expand

    folder, left = settings.serving / LOG, False
    known = cohorts.latest(outcomes.joined(folder)) if folder.is_dir() else pd.NaT
    names = sorted(expand(months))
    for month in map(pd.Period, names):
        whole = trips.days(trips.open_source(source, seed), month.start_time.date(), month.end_time.date())
        for _, raw in whole:
            asked, _ = trips.clean(raw, trips.SERVABLE)
            if known is not pd.NaT:
                asked = asked[asked["pickup_at"].dt.tz_localize("UTC") > known]
            if len(asked):
                left = True
                yield asked
    if not left:
        remedy = "Live later ones, or begin anew: TAXI_STATE=var/another"
        raise BadInput(f"the log knows trips until {known:%Y-%m-%d}, and {', '.join(names)} has none later. {remedy}")


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    typer.run(main)
