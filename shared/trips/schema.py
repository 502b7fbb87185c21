"""TLC's columns over the years, and the one frame they are brought to.

Types changed three times (64-bit ids to 32-bit, counts from float to integer and back, strings to large strings) and
one column was added in 2025. Values are never touched here: raw dirt stays, `trips.clean` deals with it.
"""

from difflib import get_close_matches

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from trips.errors import BadColumn

TIMES = ("lpep_pickup_datetime", "lpep_dropoff_datetime")
ZONES = ("PULocationID", "DOLocationID")
NULL_GROUP = (  # missing together, in the rides that an app sent
    "store_and_fwd_flag", "RatecodeID", "passenger_count", "payment_type", "trip_type", "congestion_surcharge",
)  # fmt: skip
INTEGER, NUMBER, TEXT, TIME = pa.int64(), pa.float64(), pa.string(), pa.timestamp("us")

SCHEMA = pa.schema(
    [
        ("VendorID", NUMBER),  # null in the rows of the null group, in files of the csv era
        ("lpep_pickup_datetime", TIME),
        ("lpep_dropoff_datetime", TIME),
        ("store_and_fwd_flag", TEXT),
        ("RatecodeID", NUMBER),
        ("PULocationID", INTEGER),
        ("DOLocationID", INTEGER),
        ("passenger_count", NUMBER),
        ("trip_distance", NUMBER),
        ("fare_amount", NUMBER),
        ("extra", NUMBER),
        ("mta_tax", NUMBER),
        ("tip_amount", NUMBER),
        ("tolls_amount", NUMBER),
        ("ehail_fee", NUMBER),
        ("improvement_surcharge", NUMBER),
        ("total_amount", NUMBER),
        ("payment_type", NUMBER),
        ("trip_type", NUMBER),
        ("congestion_surcharge", NUMBER),
        ("cbd_congestion_fee", NUMBER),  # since 2025
    ]
)
LATER = ("cbd_congestion_fee",)
NEEDED = tuple(name for name in SCHEMA.names if name not in LATER)


def missing(names: list[str], where: str) -> None:
    """Raise BadColumn naming the first needed column that `names` lacks, and the likely new name."""
    for name in NEEDED:
        if name not in names:
            spare = [other for other in names if other not in SCHEMA.names]
            near = get_close_matches(name, spare, n=1, cutoff=0.4)
            hint = f" (is it {near[0]!r} now?)" if near else ""
            raise BadColumn(
                f"{where}: no column {name!r}{hint}. Fetch the file again, or teach trips/schema.py its new name"
            )


def normalise(table: pa.Table, where: str) -> pd.DataFrame:
    """TLC's table of any year as one frame: 21 columns, the names and types of SCHEMA, every row kept.

    table: as read. where: what to call it in an error. Raises BadColumn for a column missing or of a type that cannot
    be meant (zones as text, a distance as text, times as numbers, ids with a fraction).
    """
    missing(table.column_names, where)
    columns = [_column(table, field, where) for field in SCHEMA]
    frame: pd.DataFrame = pa.table(columns, schema=_nullable_ids(columns)).to_pandas()
    return frame


def _column(table: pa.Table, field: pa.Field, where: str) -> pa.ChunkedArray:
    if field.name in LATER and field.name not in table.column_names:
        return pa.chunked_array([pa.nulls(len(table), field.type)])
    column = table[field.name]
    if not _fits(column.type, field.type):
        raise BadColumn(
            f"{where}: column {field.name!r} holds {column.type}, not {field.type}. Fetch the file again, or convert it"
        )
    try:
        return pc.cast(column, field.type)
    except pa.ArrowInvalid as error:
        raise BadColumn(
            f"{where}: column {field.name!r} does not convert to {field.type} ({error}). Fetch the file again"
        ) from error


def _fits(have: pa.DataType, want: pa.DataType) -> bool:
    """Whether a cast keeps the meaning: numbers to numbers, text to text, times to times, all-null to anything."""
    if pa.types.is_null(have):
        return True
    if want == TEXT:
        return bool(pa.types.is_string(have) or pa.types.is_large_string(have))
    if want == TIME:
        return bool(pa.types.is_timestamp(have) and have.tz is None)
    return bool(pa.types.is_integer(have) or pa.types.is_floating(have))


def _nullable_ids(columns: list[pa.ChunkedArray]) -> pa.Schema:
    """A zone that is null in the file makes its column float, so that the row stays and the rules can name it."""
    fields = [
        field.with_type(NUMBER) if field.type == INTEGER and column.null_count else field
        for field, column in zip(SCHEMA, columns, strict=True)
    ]
    return pa.schema(fields)
