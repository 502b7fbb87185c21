"""The trips of an experiment that may be judged: by when they were asked for, never by when they ended.

Short trips end first: who takes the outcomes there are judges short trips. So a trip counts three hours after it was
asked for, with its outcome or without, and a day counts when all of its trips do.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from taxi.serving import outcomes
from trips import VALID_MINUTES

MATURE_HOURS = 3.0


def read(log: Path, experiment_id: str, boroughs: npt.NDArray[np.str_]) -> tuple[pd.DataFrame, int]:
    """`matured` of what a log holds of an experiment."""
    rows = outcomes.joined(log)
    return matured(rows[rows["experiment_id"] == experiment_id], latest(rows), boroughs)


def latest(rows: pd.DataFrame) -> pd.Timestamp:
    """The log's own clock: the newest thing that it knows of."""
    return pd.concat([rows["at"], rows["finished_at"]]).max()


def matured(
    rows: pd.DataFrame, now: pd.Timestamp, boroughs: npt.NDArray[np.str_], until: int | None = None
) -> tuple[pd.DataFrame, int]:
    """The trips of whole matured days, and how many days; only the first `until` of them where that is said.

    rows: of `taxi.serving.outcomes.joined`, one experiment's. Adds day (0 for the first), borough of the pick-up, and
    in minutes champion_loss, saved (by the challenger, whoever answered) and loss (of what was answered); empty where
    there is no outcome of 1 to 60 minutes, or the challenger was not asked.
    """
    if rows.empty:
        return rows.assign(day=0, borough="", champion_loss=0.0, saved=0.0, loss=0.0), 0
    date = rows["at"].dt.floor("D")
    begin = date.min()
    days = int((now - pd.Timedelta(hours=MATURE_HOURS) - begin) // pd.Timedelta(days=1))
    days = max(0, days if until is None else min(days, until))
    rows = rows.assign(day=(date - begin).dt.days)
    rows = rows[rows["day"] < days]
    truth = rows["minutes"].where(rows["minutes"].between(*VALID_MINUTES))
    champion, challenger = (truth - rows["champion"]).abs(), (truth - rows["challenger"]).abs()
    return rows.assign(
        borough=boroughs[rows["pickup_zone"].to_numpy()],
        champion_loss=champion, saved=champion - challenger,
        loss=challenger.where(rows["by"] == "challenger", champion),
    ), days  # fmt: skip
