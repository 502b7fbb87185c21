"""A file that cannot be used is refused by name, with where it is, what is wrong, and what to do about it."""

import pyarrow as pa
import pytest
from tlc_files import change, parquet, save, table

from trips import errors
from trips.tlc import check, read

PICKUP, DROPOFF = "lpep_pickup_datetime", "lpep_dropoff_datetime"

BAD = {
    "not parquet": (b"<html>no such file</html>", errors.NotParquet, "is not parquet, or cut short"),
    "empty file": (b"", errors.NotParquet, "is not parquet, or cut short"),
    "truncated": (parquet(table())[:-500], errors.NotParquet, "is not parquet, or cut short"),
    "cut in the middle": (parquet(table())[:20_000], errors.NotParquet, "is not parquet, or cut short"),
    "column missing": (table().drop_columns(["trip_type"]), errors.BadColumn, "no column 'trip_type'. Fetch"),
    "column renamed": (
        table().rename_columns({"PULocationID": "pickup_location_id"}),
        errors.BadColumn,
        "no column 'PULocationID' (is it 'pickup_location_id' now?). Fetch the file again, or teach",
    ),
    "column name damaged": (
        parquet(table()).replace(b"trip_distance", b"trip_dist\xffnce"),
        errors.NotParquet,
        "is not parquet, or cut short",
    ),
    "zones as text": (
        change(table(), "DOLocationID", pa.array(["75"] * len(table()))),
        errors.BadColumn,
        "'DOLocationID' holds string, not int64",
    ),
    "zones with a fraction": (
        change(table(), "DOLocationID", pa.array([75.5] * len(table()))),
        errors.BadColumn,
        "'DOLocationID' does not convert to int64",
    ),
    "distance as text": (
        change(table(), "trip_distance", pa.array(["2.6"] * len(table()))),
        errors.BadColumn,
        "'trip_distance' holds string, not double",
    ),
    "times as text": (
        change(table(), PICKUP, pa.array(["2021-01-01 08:00:00"] * len(table()))),
        errors.BadColumn,
        f"'{PICKUP}' holds string, not timestamp[us]",
    ),
    "times as numbers": (
        change(table(), DROPOFF, pa.array([1_609_459_200] * len(table()))),
        errors.BadColumn,
        f"'{DROPOFF}' holds int64, not timestamp[us]",
    ),
    "times with a zone": (
        change(table(), PICKUP, table()[PICKUP].cast(pa.timestamp("us", "UTC"))),
        errors.BadColumn,
        f"'{PICKUP}' holds timestamp[us, tz=UTC], not timestamp[us]",
    ),
    "no trips": (table().slice(0, 0), errors.EmptyMonth, "holds no trips. Delete it and fetch it again"),
    "another month": (table("2021-06"), errors.WrongMonth, "holds trips of 2021-06, not of 2021-01. Give"),
}


@pytest.mark.parametrize(("content", "error", "text"), BAD.values(), ids=BAD)
def test_a_bad_file_is_a_named_error_that_says_where_what_and_how_to_mend_it(tmp_path, content, error, text):
    path = save(tmp_path, "2021-01", content)
    with pytest.raises(error) as caught:
        read(path, "2021-01")
    said = str(caught.value)
    assert str(path) in said
    assert text in said
    assert any(remedy in said for remedy in ("Fetch the file again", "fetch it again", "Give the file its right name"))
    assert isinstance(caught.value, errors.BadFile)


@pytest.mark.parametrize("case", ["not parquet", "empty file", "truncated", "column missing", "column renamed"])
def test_a_part_file_is_checked_without_knowing_its_month(tmp_path, case):
    content, error, _ = BAD[case]
    with pytest.raises(error, match="Fetch"):
        check(save(tmp_path, "2021-01", content))


def test_a_good_file_passes_the_check(tmp_path):
    check(save(tmp_path, "2021-01", table()))
