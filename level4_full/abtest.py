"""Tell an experiment from the log alone: python abtest.py; its page: var/reports/abtest-NAME.html"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

Name = Annotated[str | None, typer.Argument(help="the experiment  [default: the newest in the log]", metavar="ID")]
Log = Annotated[Path | None, typer.Option(help="the log's folder  [default: that of the service here]")]
Where = Annotated[str, typer.Option(help="whose boroughs: city or tlc")]
Seed = Annotated[int, typer.Option(help="of the city")]
AsJson = Annotated[bool, typer.Option("--json", help="one object a day, for machines; no page")]


def main(
    experiment: Name = None, log: Log = None, source: Where = "city", seed: Seed = 0, as_json: AsJson = False
) -> None:
    """Replay it day by day, as somebody would have seen it who looked daily; the verdict, its reasons and a page."""
    import trips
    from taxi import store
    from taxi.errors import BadInput, told
    from taxi.serving import outcomes
    from taxi.serving.source import LOG
    from taxi.settings import Settings
    from taxi.trial import cohorts, story

    with told():
        settings = Settings.given()
        folder = log or settings.serving / LOG
        if not folder.is_dir():
            raise BadInput(f"there is no log at {folder}. Serve first: python serve.py")
        rows = outcomes.joined(folder)
        names = list(dict.fromkeys(rows["experiment_id"].dropna()))
        if not names or (experiment or names[-1]) not in names:
            raise BadInput(
                f"the log knows no such experiment; it knows: {', '.join(names) or 'none'}. Name one of them"
            )
        name = experiment or names[-1]
        mine = rows[rows["experiment_id"] == name]
        seen, days = cohorts.matured(mine, cohorts.latest(rows), trips.open_source(source, seed).boroughs())
        told_ = story.told(seen, days)
        if not told_:
            raise BadInput(f"experiment {name} has no whole day yet whose trips are all told. Come back tomorrow")
        for day in told_:
            print(json.dumps(asdict(day)) if as_json else line(day.days, day.share, day.verdict.reasons))
        if not as_json:
            print(f"{story.WON[told_[-1].verdict.outcome]}.")
            page = settings.state / "reports" / f"abtest-{name}.html"
            store.save(story.page(name, told_).encode(), page)
            print(f"read it: {page}")


def line(days: int, share: float, reasons: list[str]) -> str:
    return f"day {days:2}  {share:4.0%}  {'; '.join(reasons)}"


if __name__ == "__main__":
    typer.run(main)
