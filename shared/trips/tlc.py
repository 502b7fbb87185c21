"""Real months: TLC's own files, in the folder that TRIPS_DIR names."""

import os
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from trips import spans
from trips.errors import BadName, EmptyMonth, MonthUnavailable, NotParquet, WrongMonth
from trips.schema import NEEDED, missing, normalise

ZONE_FILE = "taxi_zone_lookup.csv"
UNKNOWN_BOROUGH = "Unknown"
MONTH = re.compile(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])")  # not \d: it knows the digits of all scripts
UNREADABLE = (pa.ArrowException, OSError, UnicodeDecodeError)  # the last: the name of a column is damaged


def file_name(month: str) -> str:
    """green_tripdata_2021-01.parquet. Raises BadName when `month` is none."""
    if not MONTH.fullmatch(month):
        raise BadName(f"{month!r} is no month. Write it as 2021-01")
    return f"green_tripdata_{month}.parquet"


def folder() -> Path:
    """TRIPS_DIR. Raises MonthUnavailable when it is not set or no folder."""
    path = os.environ.get("TRIPS_DIR", "")
    if not path:
        raise MonthUnavailable("TRIPS_DIR is not set. Name a folder for real months: export TRIPS_DIR=$HOME/trips")
    if not Path(path).is_dir():
        raise MonthUnavailable(f"TRIPS_DIR={path} is no folder. Fill it: python -m trips fetch 2021-01 2021-02")
    return Path(path)


def read(path: Path, month: str) -> pd.DataFrame:
    """One file as the normalised raw frame of `trips.schema`; every row as TLC wrote it.

    Raises NotParquet, BadColumn, EmptyMonth or WrongMonth; nothing is returned half read.
    """
    try:
        table = pq.read_table(path, use_threads=False)  # a month is small: threads cost more than they save
        frame = normalise(table, str(path))
    except UNREADABLE as error:
        raise NotParquet(
            f"{path} is not parquet, or cut short ({str(error).splitlines()[0][:80]}). "
            f"Delete it and fetch it again: python -m trips fetch {month}"
        ) from error
    if frame.empty:
        raise EmptyMonth(f"{path} holds no trips. Delete it and fetch it again: python -m trips fetch {month}")
    first = np.datetime64(month, "M")
    inside = frame["lpep_pickup_datetime"].between(first.astype("M8[us]"), (first + 1).astype("M8[us]"))
    if inside.mean() < 0.5:
        found = frame["lpep_pickup_datetime"].dt.strftime("%Y-%m").mode()
        usual = found.iloc[0] if len(found) else "none"
        raise WrongMonth(f"{path} holds trips of {usual}, not of {month}. Give the file its right name")
    return frame


def check(path: Path) -> None:
    """Raise NotParquet or BadColumn unless the file is whole parquet with the needed columns, each readable."""
    try:
        file = pq.ParquetFile(path)
        missing(file.schema_arrow.names, path.name)
        file.read(columns=list(NEEDED), use_threads=False)
    except UNREADABLE as error:
        raise NotParquet(f"{path.name} is not parquet, or cut short. Fetch it again") from error


class Tlc:
    """The source `tlc`: one file a month in TRIPS_DIR, and the zone table beside them."""

    name = "tlc"

    def months(self) -> list[str]:
        """The months in the folder, oldest first. Raises MonthUnavailable when there is none."""
        names = sorted(path.stem.removeprefix("green_tripdata_") for path in folder().glob("green_tripdata_*.parquet"))
        found = [name for name in names if MONTH.fullmatch(name)]
        if not found:
            raise MonthUnavailable(
                f"no green_tripdata_*.parquet in TRIPS_DIR={folder()}. Fetch some: python -m trips fetch 2021-01"
            )
        return found

    def month(self, month: str) -> pd.DataFrame:
        """The raw frame of a month, or of days as "2020-03-22..2020-04-18".

        Raises what `read` raises, and MonthUnavailable with the months that are there.
        """
        if (days := spans.ends(month)) is not None:
            return spans.of_months(self.month, *days)
        path = folder() / file_name(month)
        if not path.is_file():
            raise MonthUnavailable(
                f"no file for {month} in TRIPS_DIR={folder()} (there: {', '.join(self.months())}). "
                f"Fetch it where there is a network: python -m trips fetch {month}"
            )
        return read(path, month)

    def boroughs(self) -> "np.ndarray[tuple[int], np.dtype[np.str_]]":
        """(266,) the borough of each zone id; "Unknown" for all when the zone table is not in the folder."""
        names = np.full(266, UNKNOWN_BOROUGH, dtype="U16")
        path = folder() / ZONE_FILE
        if path.is_file():
            zones = pd.read_csv(path, keep_default_na=False)  # TLC writes "N/A" and means it
            names[zones["LocationID"].to_numpy()] = zones["Borough"].to_numpy(dtype="U16")
        return names
