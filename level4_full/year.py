"""Live a year in minutes: python year.py --source tlc; the loop beside never, a calendar, and somebody who knows."""

import json
import os
import time
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from taxi.loop.turn import Loop
    from taxi.settings import Settings

SPAN = {
    "tlc": ("2020-03-22", "2021-05-31"),
    "city": ("2020-03-22", "2021-03-21"),
}
WARM = 35  # days before the first, for the first model
Where = Annotated[str, typer.Option(help="city or tlc")]
Seed = Annotated[int, typer.Option(help="of the city")]
From = Annotated[datetime | None, typer.Option("--from", help="the first morning", formats=["%Y-%m-%d"])]
To = Annotated[datetime | None, typer.Option("--to", help="the last morning", formats=["%Y-%m-%d"])]
Calm = Annotated[str | None, typer.Option(help="months that the limits come from, in hindsight", metavar="MONTHS")]
Alone = Annotated[bool, typer.Option("--alone", help="the loop only, without those it is compared with")]


def main(source: Where = "city", seed: Seed = 0, first: From = None, last: To = None, calm: Calm = None,
         alone: Alone = False) -> None:  # fmt: skip
    """Every morning is loop.py's, at the clock of the trips; what was decided and what it cost goes to var/year."""
    from taxi.errors import BadInput, told
    from taxi.loop import candidates
    from taxi.settings import Settings
    from taxi.watch import hindsight

    with told():
        if source not in SPAN:
            raise BadInput(f"a year is lived from city or tlc, not from {source}. Say --source city")
        begin = first.date() if first else date.fromisoformat(SPAN[source][0])
        end = last.date() if last else date.fromisoformat(SPAN[source][1])
        settings = Settings.given()
        if (settings.state / "loop").exists():
            raise BadInput(f"a loop lived in {settings.state} already. Live another year: TAXI_STATE=var/year")
        fit, began = candidates.beside(os.cpu_count() or 1), time.monotonic()
        hindsight.limits_of(
            settings.state / "monitor" / "limits.json", source, seed, calm or hindsight.CALM[source], fit
        )
        loop, took = live(settings, source, seed, begin, end, fit)
        print(f"{(end - begin).days + 1} mornings in {took:.0f} s")
        facts = {"from": str(begin), "to": str(end), "source": source, "seed": seed, "seconds": round(took)}
        facts |= compared(loop, source, seed, begin, end, None if alone else fit)
        write(settings, loop, facts)
        print(f"all of it in {time.monotonic() - began:.0f} s; read it: {settings.state / 'year'}")


def live(settings: "Settings", source: str, seed: int, begin: date, end: date, fit: Any) -> "tuple[Loop, float]":
    """Each morning in turn; the loop, and seconds."""
    from rich.progress import track

    from taxi.loop.turn import Loop

    loop = Loop(settings, source, seed, fit=fit)
    began = time.monotonic()
    for ahead in track(range((end - begin).days + 1), description="mornings", disable=not os.isatty(1)):
        loop.once(begin + timedelta(days=ahead))
    return loop, time.monotonic() - began


def compared(loop: "Loop", source: str, seed: int, begin: date, end: date, fit: Any) -> dict[str, Any]:
    """Errors by day of the loop and, where there is somebody to fit them, of the others."""
    import trips
    from taxi.loop import rivals

    days = [
        (day, trips.clean(raw)[0])
        for day, raw in trips.days(trips.open_source(source, seed), known_from(loop, begin), end)
    ]
    start = next(at for at, (day, _) in enumerate(days) if day >= begin)
    days = days[:-1]  # of the last one nobody has labels yet
    lives = {"loop": rivals.Life(served(loop, [day for day, _ in days[start:]]), len(loop.ledger.runs()))}
    if fit is not None:
        lives |= {"never": rivals.never(days, start, fit), "every 30 days": rivals.scheduled(days, start, 30, fit),
                  "every 7 days": rivals.scheduled(days, start, 7, fit),
                  "oracle": rivals.oracle(days, start, fit)}  # fmt: skip
    counts = [len(rows) for _, rows in days[start:]]
    told = {name: {"errors": life.errors.tolist(), "fits": life.fits} for name, life in lives.items()}
    return {"days": [str(day) for day, _ in days[start:]], "trips": counts, "lives": told}


def known_from(loop: "Loop", begin: date) -> date:
    """The first day that the loop took in."""
    return min(date.fromisoformat(min(loop.days.good())), begin)


def served(loop: "Loop", days: list[date]) -> Any:
    """(n,) sums of absolute errors of the champion of the day."""
    import numpy as np

    errors = []
    for day in days:
        known = loop.days.known(str(day))
        mae = known["mae"].get(known["champion"])
        errors.append(float("nan") if mae is None else mae * known["kept"])
    return np.array(errors)


def write(settings: "Settings", loop: "Loop", facts: dict[str, Any]) -> None:
    """The table, in words and as JSON, and what was decided."""
    from taxi import store
    from taxi.loop import story

    folder = settings.state / "year"
    rows = story.table(facts)
    store.save(json.dumps(facts | {"table": rows, "events": loop.ledger.events()}, indent=1, default=str).encode(),
               folder / "results.json")  # fmt: skip
    print(story.markdown(rows))
    print(story.counted(loop.ledger.events()))
    story.draw(facts, loop.ledger.events(), folder / "year.svg")


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    typer.run(main)
