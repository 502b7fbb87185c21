"""Does the model hurt, and why? python monitor.py --from 2021-01-01 --to 2021-03-31, then var/monitor/index.html"""

import os
import time
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from taxi.settings import Settings
    from taxi.watch.limits import Limits
    from taxi.watch.source import Seen

LOOK_SECONDS = 60.0
When = Annotated[datetime | None, typer.Option(help="one day", formats=["%Y-%m-%d"])]
From = Annotated[datetime | None, typer.Option("--from", help="the first day", formats=["%Y-%m-%d"])]
To = Annotated[datetime | None, typer.Option("--to", help="the last day", formats=["%Y-%m-%d"])]
Watch = Annotated[bool, typer.Option("--watch", help="go on: look every minute, show the figures to Prometheus")]
Where = Annotated[str, typer.Option(help="log (what the service wrote down), city or tlc")]
Seed = Annotated[int, typer.Option(help="of the city")]
Calibrate = Annotated[str | None, typer.Option(help="make the limits of these calm months", metavar="MONTHS")]
Report = Annotated[bool, typer.Option("--report", help="an Evidently report of the last day, whatever it is called")]
Incidents = Annotated[bool, typer.Option("--incidents", help="what was found so far, as Markdown")]
Port = Annotated[int, typer.Option(help="of the figures, with --watch")]


def main(day: When = None, first: From = None, last: To = None, watch: Watch = False, source: Where = "log",
         seed: Seed = 0, calibrate: Calibrate = None, report: Report = False, incidents: Incidents = False,
         port: Port = 9108) -> None:  # fmt: skip
    """Judge days: fine, data fault, covariate shift or model decay. Write it down; tell somebody where it is time."""
    from taxi.errors import BadInput, told
    from taxi.settings import Settings
    from taxi.watch import book, gather, limits

    with told():
        settings = Settings.given()
        if incidents:
            print(book.markdown(book.read(settings.state / "monitor")))
            return
        if calibrate is not None:
            gather.calibrated(settings, calibrate, source, seed)
            return
        found = limits.read(settings.state / "monitor" / "limits.json")
        if watch and source != "log":
            raise BadInput("months do not come day by day. Watch the log: python monitor.py --watch")
        if watch:
            go_on(settings, found, port)
            return
        begin, end = span(day, first, last, source)
        days = gather.seen(settings, source, seed, begin.date(), end.date())
        judge(settings, found, days, begin, source, seed, report)


def span(day: datetime | None, first: datetime | None, last: datetime | None, source: str) -> tuple[datetime, datetime]:
    """The days to judge; of a log all of them, where nothing is said. Raises BadInput."""
    from taxi.errors import BadInput

    begin, end = (day, day) if day else (first, last or first)
    if begin is None and end is None and source == "log":
        return datetime.min, datetime.max
    if begin is None or end is None or end < begin:
        raise BadInput("say which days: --day 2021-03-15, or --from 2021-03-01 --to 2021-03-31")
    return begin, end


def judge(settings: "Settings", limits: "Limits", days: "Iterable[Seen]", begin: datetime, source: str,
          seed: int = 0, report: bool = False) -> None:  # fmt: skip
    """Judge them, write down those from `begin` on, draw them, and tell what is to be told."""
    from rich.progress import track

    import trips
    from taxi.errors import BadInput
    from taxi.watch import alerts, book, page, reports
    from taxi.watch import source as sources
    from taxi.watch.decide import Name
    from taxi.watch.watcher import Watcher

    folder, where = settings.state / "monitor", limits.made_of.split()[0] if source == "log" else source
    boroughs = trips.open_source(where, seed).boroughs()
    watcher = Watcher(limits, boroughs, sources.expected(source))
    records = []
    for day in track(days, description="days", disable=not os.isatty(1)):
        record = watcher.look(day)
        if day.date >= begin.date():
            records.append(record)
    if not records:
        raise BadInput("there is no such day here. Say others, or another --source")
    book.write(folder, records)
    lines = book.read(folder)
    figures = book.Figures()
    figures.show(lines)
    figures.save(folder)
    for one in alerts.tell(folder, book.alerts(lines), settings.webhook):
        print(one)
    page.write(folder, lines)
    names = [record.name for record in records]
    print(f"{len(records)} days judged: {', '.join(f'{names.count(name)} {name}' for name in dict.fromkeys(names))}")
    print(f"read it: {folder / page.FILE}")
    if watcher.past and len(day.trips) and (report or record.name is not Name.FINE or day.date.weekday() == 0):
        print(f"and the last day: {reports.write(folder, day, watcher.past, boroughs)}")


def go_on(settings: "Settings", limits: "Limits", port: int) -> None:
    """Look at the log every minute, and judge the days that are new; Prometheus asks on a port of its own."""
    from prometheus_client import start_http_server

    from taxi.errors import CannotServe
    from taxi.serving.source import LOG
    from taxi.watch import book
    from taxi.watch import source as sources

    figures, folder = book.Figures(), settings.state / "monitor"
    try:
        start_http_server(port, settings.host, figures.registry)
    except OSError as error:
        raise CannotServe(
            f"cannot bind {settings.host}:{port} ({error.strerror}). Choose another: --port 9109"
        ) from None
    print(f"watching the log; figures on http://{settings.host}:{port}/metrics  (Ctrl-C stops)", flush=True)
    while True:
        known = book.read(folder)[-1]["day"] if (folder / book.VERDICTS).exists() else ""
        days = sources.of_log(settings.serving / LOG)
        left = [day for day in days if str(day.date) > known]
        if left:
            judge(settings, limits, days, datetime.fromisoformat(str(left[0].date)), "log")
        if (folder / book.VERDICTS).exists():
            figures.show(book.read(folder))  # the heartbeat, too
        time.sleep(LOOK_SECONDS)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    typer.run(main)
