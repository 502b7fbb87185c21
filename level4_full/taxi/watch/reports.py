"""An Evidently report of a day beside the four weeks before: for whoever wants to look closer than the verdict does.

It decides nothing: its own default tests call 263 raw zones drifted every day, so it is given boroughs.
"""

import os
import warnings
from pathlib import Path
from typing import Any

import pandas as pd

from taxi.watch.source import Seen
from trips import TARGET, VALID_MINUTES

MOST_ROWS, WEEKS = 50_000, 28
NUMBERS, KINDS = ["distance_miles", "hour", "predicted"], ["pick-up borough", "drop-off borough"]
PROJECT = "taxi trip duration"


def write(folder: Path, day: Seen, before: list[Seen], boroughs: Any) -> Path:
    """The report as one HTML file, and as a run of the workspace that Evidently's own page shows; its path.

    day: with at least one trip. before: days to compare with, at least one trip among them.
    """
    os.environ.setdefault("DO_NOT_TRACK", "1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its libraries warn about each other
        from evidently import DataDefinition, Dataset, Regression, Report
        from evidently.presets import DataDriftPreset, DataSummaryPreset, RegressionPreset

        now = table(day.trips, boroughs)
        past = table(pd.concat([one.trips for one in before[-WEEKS:] if len(one.trips)]), boroughs)
        labelled = bool(now[TARGET].notna().all() and past[TARGET].notna().all() and len(now) and len(past))
        numbers = [*NUMBERS, TARGET] if labelled else NUMBERS
        definition = DataDefinition(
            numerical_columns=numbers, categorical_columns=KINDS,
            regression=[Regression(target=TARGET, prediction="predicted")] if labelled else None,
        )  # fmt: skip
        current, reference = (
            Dataset.from_pandas(rows[[*numbers, *KINDS]], data_definition=definition) for rows in (now, past)
        )
        presets = [DataDriftPreset(), DataSummaryPreset(), *([RegressionPreset()] if labelled else [])]
        run = Report(presets).run(current, reference)
        path = folder / f"report-{day.date}.html"
        beside = path.with_suffix(".part")
        run.save_html(str(beside))
        beside.replace(path)
        keep(folder / "workspace", run)
    return path


def table(trips: pd.DataFrame, boroughs: Any) -> pd.DataFrame:
    """At most 50,000 trips as Evidently is given them; those whose minutes are known, where there are any."""
    known = trips[trips[TARGET].between(*VALID_MINUTES)]
    rows = known if len(known) else trips
    rows = rows.sample(min(len(rows), MOST_ROWS), random_state=0)
    return rows.assign(
        hour=rows["pickup_at"].dt.hour,
        **{"pick-up borough": boroughs[rows["pickup_zone"].to_numpy()],
           "drop-off borough": boroughs[rows["dropoff_zone"].to_numpy()]},
    )  # fmt: skip


def keep(folder: Path, run: Any) -> None:
    """In the workspace: make monitor-ui shows it."""
    from evidently.ui.workspace import Workspace

    workspace = Workspace.create(str(folder))
    found = workspace.search_project(PROJECT)
    project = found[0] if found else workspace.create_project(PROJECT)
    workspace.add_run(project.id, run, include_data=False)
