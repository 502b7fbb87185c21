"""Days as files: taken in once, kept as they came, read again only by their hash."""

import os
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from pathlib import Path

import pandas as pd

import trips
from taxi import lineage
from taxi.errors import BadInput
from taxi.graph import digest
from taxi.serving.source import LOG
from taxi.settings import Settings
from taxi.watch import source
from taxi.watch.source import Seen
from trips import TARGET
from trips.schema import NULL_GROUP

Bring = Callable[[date], pd.DataFrame | None]
PREDICTED = ("champion", "challenger", "experiment_id", "model_version")  # of the log: what riders were told
DROPOFF = "lpep_dropoff_datetime"


class Unreadable(BadInput):
    """A day's file cannot be read, or is not the one that was taken in."""


class Batches:
    """The folder of days. sha256 is of the file's bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._clean = lru_cache(maxsize=128)(self._cleaned)

    def put(self, day: date, raw: pd.DataFrame) -> str:
        """Keep a day; its sha256. One that is there already is not written again."""
        path = self._path(str(day))
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            beside = path.with_suffix(f".{os.getpid()}.part")
            raw.to_parquet(beside, index=False)
            with beside.open("rb") as file:
                os.fsync(file.fileno())
            beside.replace(path)
        return digest(path.read_bytes())

    def raw(self, day: str, sha256: str) -> pd.DataFrame:
        """As it came. Raises Unreadable where it is another file now."""
        path = self._path(day)
        if not path.is_file() or digest(path.read_bytes()) != sha256:
            raise Unreadable(f"{path} is not the file that was taken in. Restore it: README, Restore")
        return pd.read_parquet(path)

    def clean(self, day: str, sha256: str) -> pd.DataFrame:
        """The trips that a model may learn from."""
        return self._clean(day, sha256)

    def _cleaned(self, day: str, sha256: str) -> pd.DataFrame:
        return trips.clean(self.raw(day, sha256))[0]

    def _path(self, day: str) -> Path:
        return self.folder / f"{day}.parquet"


def bring_from(settings: Settings, where: str, seed: int) -> Bring:
    """How a day comes: from a source of months, from files in var/inbox, or from what the service wrote down."""
    if where == "inbox":
        return lambda day: _file(settings.state / "inbox" / f"{day}.parquet")
    if where == "log":
        return Logged(settings.serving / LOG).day
    return Months(trips.open_source(where, seed)).day


class Months:
    """The days of one month at a time."""

    def __init__(self, origin: trips.Source) -> None:
        self._origin, self._month = origin, ""
        self._days: dict[date, pd.DataFrame] = {}

    def day(self, day: date) -> pd.DataFrame | None:
        """None for a month that the source does not have yet."""
        month = pd.Period(day, "M")
        if str(month) != self._month:
            try:
                whole = trips.days(self._origin, month.start_time.date(), month.end_time.date())
                self._days, self._month = dict(whole), str(month)
            except trips.MonthUnavailable:
                return None
        return self._days[day]


def _file(path: Path) -> pd.DataFrame | None:
    if not path.is_file():
        return None
    try:
        return pd.read_parquet(path)
    except Exception as error:  # whatever a torn file makes of its reader
        raise Unreadable(f"{path.name} cannot be read ({str(error).splitlines()[0][:80]})") from None


class Logged:
    """The days that the service wrote down, their trips whose outcome is known, under the names of a month."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._days: dict[date, Seen] = {}

    def day(self, day: date) -> pd.DataFrame | None:
        """None until the day is whole."""
        if day not in self._days and self._folder.is_dir():
            self._days = {seen.date: seen for seen in source.of_log(self._folder)}
        seen = self._days.get(day)
        return None if seen is None else as_month(seen)

    def last(self) -> date | None:
        """The newest whole day; None for a log without one."""
        return max((seen.date for seen in source.of_log(self._folder)), default=None) if self._folder.is_dir() else None


def as_month(seen: Seen) -> pd.DataFrame:
    """A day of the log as a source would bring it, and what riders were told."""
    told = seen.trips[TARGET].notna()
    ended = seen.raw["lpep_pickup_datetime"] + pd.to_timedelta(seen.trips[TARGET], unit="min")
    unknown = dict.fromkeys(NULL_GROUP)  # what an app's ride lacks, the log lacks of every ride
    rows = seen.trips.rename(columns={"predicted": "champion"})[list(PREDICTED)]
    whole = seen.raw.assign(**{DROPOFF: ended.astype("datetime64[us]")}, **unknown).join(rows)
    return whole[told].reset_index(drop=True)


def content(batches: Batches, days: dict[str, str]) -> str:
    """sha256 over the cleaned trips of days: day -> the sha256 of its file."""
    return lineage.data_hash(pd.concat([batches.clean(day, sha) for day, sha in days.items()], ignore_index=True))
