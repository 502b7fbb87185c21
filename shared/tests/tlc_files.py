"""Small months in TLC's schemas of four eras, made of the simulated city's trips."""

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from trips import city

IDS, COUNTS = ("VendorID", "PULocationID", "DOLocationID"), ("passenger_count", "payment_type", "trip_type")
MONTH = "2021-01"
STEP = 40  # of a month's 76,000 trips, every fortieth: small, and with all kinds in it


def era(ids: pa.DataType, text: pa.DataType, counts: pa.DataType, ehail: pa.DataType) -> dict[str, pa.DataType]:
    known = {"lpep_pickup_datetime": pa.timestamp("us"), "lpep_dropoff_datetime": pa.timestamp("us")}
    known |= dict.fromkeys(IDS, ids) | dict.fromkeys((*COUNTS, "RatecodeID"), counts)
    known |= {"store_and_fwd_flag": text, "ehail_fee": ehail}
    return {name: known.get(name, pa.float64()) for name in city.SCHEMA_A}


ERAS: Mapping[str, dict[str, pa.DataType]] = {
    "A": era(pa.int64(), pa.string(), pa.float64(), pa.null()),
    "B": era(pa.int32(), pa.large_string(), pa.int64(), pa.float64()),
    "C": era(pa.int32(), pa.string(), pa.float64(), pa.float64()),
    "D": era(pa.int32(), pa.large_string(), pa.float64(), pa.float64()) | {"cbd_congestion_fee": pa.float64()},
}


@cache
def table(month: str = MONTH, name: str = "A") -> pa.Table:
    """About 1,900 trips of a month as TLC would have written them in an era."""
    frame = city.month(month).iloc[::STEP].assign(cbd_congestion_fee=0.75)
    return pa.Table.from_pandas(frame[list(ERAS[name])], schema=pa.schema(ERAS[name]), preserve_index=False)


def parquet(content: pa.Table) -> bytes:
    sink = BytesIO()
    pq.write_table(content, sink)
    return sink.getvalue()


def save(folder: Path, month: str, content: pa.Table | bytes) -> Path:
    """Write a month's file under TLC's name for it."""
    path = folder / f"green_tripdata_{month}.parquet"
    path.write_bytes(content if isinstance(content, bytes) else parquet(content))
    return path


def change(content: pa.Table, column: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    """The same table with other values, or another type, in one column."""
    return content.set_column(content.column_names.index(column), column, values)
