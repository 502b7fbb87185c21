"""Files of trips in, predictions out: parquet or CSV, TLC's columns or the service's own."""

import os
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import csv
from pyarrow import parquet as pq

import trips
from taxi.errors import BadInput
from trips.schema import normalise

OWN = ("pickup_zone", "dropoff_zone", "distance_miles", "pickup_at")
TLC = ("PULocationID", "DOLocationID", "trip_distance", "lpep_pickup_datetime")
NUMBERS = list(OWN[:3])
KINDS = (".parquet", ".csv")


def check_out(path: Path, trips_from: Path) -> None:
    """Raise BadInput unless predictions can be written to `path`, which is not the input: before any work is done."""
    if path.suffix not in KINDS:
        raise BadInput(f"{path} is neither .parquet nor .csv. Name the output with one of these")
    if not path.parent.is_dir():
        raise BadInput(f"there is no folder {path.parent}. Make it, or write elsewhere: --out FILE")
    if path.resolve() == trips_from.resolve():
        raise BadInput(f"{path} is the file of trips itself. Write elsewhere: --out FILE")


def read(path: Path) -> pd.DataFrame:
    """The trips of a file under the service's names; every row, in order. A TLC month keeps its true duration.

    Raises BadInput, or what trips raises for a month that cannot be read.
    """
    if not path.is_file():
        raise BadInput(f"there is no file {path}. Fetch or simulate a month: make data")
    try:
        table = pq.read_table(path) if path.suffix.lower() == ".parquet" else _csv(path)
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0][:80]
        raise BadInput(f"{path} is no readable {path.suffix or 'CSV'} file ({reason}). Give it whole") from None
    names = table.column_names
    if len(set(names)) < len(names):
        raise BadInput(f"{path} has two columns of one name. Keep one of them")
    if not (set(OWN) <= set(names) or set(TLC) <= set(names)):
        raise BadInput(f"{path} has the columns {', '.join(names[:6])} ...; needed are {', '.join(OWN)}")
    if not len(table):
        raise BadInput(f"{path} holds no trips. Give a file with rows")
    return _own(table, path) if set(OWN) <= set(names) else trips.as_trips(normalise(table, str(path)))


def write(rows: pd.DataFrame, path: Path) -> None:
    """Write beside, make sure of the disk, rename. Raises BadInput when the disk refuses."""
    beside = path.with_name(path.name + ".part")
    try:
        if path.suffix == ".csv":
            rows.to_csv(beside, index=False)
        else:
            rows.to_parquet(beside, index=False)
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise BadInput(
            f"{path} could not be written ({error.strerror or error}). Free space, or write elsewhere"
        ) from None
    finally:
        with suppress(OSError):  # it has been renamed, or was never there
            beside.unlink()


def _csv(path: Path) -> pa.Table:
    return csv.read_csv(path, convert_options=csv.ConvertOptions(strings_can_be_null=True))


def _own(table: pa.Table, path: Path) -> pd.DataFrame:
    for column in OWN:
        kind = table[column].type
        number = pa.types.is_integer(kind) or pa.types.is_floating(kind)
        time = pa.types.is_timestamp(kind) and kind.tz is None
        if not pa.types.is_null(kind) and not (time if column == "pickup_at" else number):
            wanted = "local times, as 2021-02-01T08:15:00" if column == "pickup_at" else "numbers"
            raise BadInput(f"{path}: column {column} holds {kind}. Write {wanted}")
    times = table["pickup_at"].cast(pa.timestamp("us"), safe=False)
    table = table.set_column(table.column_names.index("pickup_at"), "pickup_at", times)
    rows = table.to_pandas(ignore_metadata=True)  # pandas' own notes in the file would make an index of a column
    rows[NUMBERS] = rows[NUMBERS].apply(pd.to_numeric)  # an empty column is of no type yet
    return rows
