"""Real months of every year become one frame; what is not there is said, with what to do about it."""

import os
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from tlc_files import ERAS, change, save, table

from trips import errors
from trips.schema import LATER, SCHEMA
from trips.tlc import Tlc, check, file_name

ROWS = {
    "2020-03": 223_406, "2020-04": 35_644, "2020-05": 57_360, "2020-06": 63_109, "2020-07": 72_257, "2020-08": 81_063,
    "2020-09": 87_987, "2020-10": 95_120, "2020-11": 88_605, "2020-12": 83_130, "2021-01": 76_518, "2021-02": 64_572,
    "2021-03": 83_827, "2021-04": 86_941, "2021-05": 88_180, "2023-01": 68_211, "2023-02": 64_809, "2025-11": 46_912,
}  # fmt: skip
DTYPES = {"i": "int64", "f": "float64", "M": "datetime64[us]", "O": "str"}
PICKUP = "lpep_pickup_datetime"


@pytest.fixture
def tlc(tmp_path, monkeypatch):
    """The source tlc over an empty folder."""
    monkeypatch.setenv("TRIPS_DIR", str(tmp_path))
    return Tlc()


def expected_dtypes() -> dict[str, str]:
    return {field.name: DTYPES[np.dtype(field.type.to_pandas_dtype()).kind] for field in SCHEMA}


@pytest.mark.parametrize("era", ERAS)
def test_every_era_comes_out_as_the_same_frame(tlc, tmp_path, era):
    """Types and the later column differ in the file; in the frame only the later column's values do."""
    save(tmp_path, "2021-01", table(name=era))
    frame = tlc.month("2021-01")
    assert frame.dtypes.astype(str).to_dict() == expected_dtypes()
    save(tmp_path, "2021-01", table(name="A"))
    pd.testing.assert_frame_equal(frame.drop(columns=[*LATER]), tlc.month("2021-01").drop(columns=[*LATER]))
    assert frame["cbd_congestion_fee"].isna().all() == (era != "D")


def test_dirt_stays_in_the_frame(tlc, tmp_path):
    """Reading drops and mends nothing: a vendor of the csv era that is null, a zone that is null, a day in 2009."""
    raw = table()
    raw = change(raw, "VendorID", pa.array([None, *raw["VendorID"].to_pylist()[1:]], pa.int64()))
    raw = change(raw, "PULocationID", pa.array([None, *raw["PULocationID"].to_pylist()[1:]], pa.int64()))
    raw = change(raw, PICKUP, pa.array([datetime(2009, 1, 1), *raw[PICKUP].to_pylist()[1:]]))
    save(tmp_path, "2021-01", raw)
    frame = tlc.month("2021-01")
    assert len(frame) == len(raw)
    assert frame[["VendorID", "PULocationID"]].iloc[0].isna().all()
    assert frame[PICKUP].iloc[0] == pd.Timestamp("2009-01-01")


@pytest.mark.parametrize(
    "name", ["2021-1", "2021-13", "2021-00", "21-01", "2021", "", "2021-01-01", "../2021-01", "20２1-01"]
)
def test_a_name_that_is_no_month_is_refused(tlc, name):
    with pytest.raises(errors.BadName, match=r"is no month. Write it as 2021-01"):
        tlc.month(name)


def test_a_month_that_is_not_there_is_named_with_those_that_are(tlc, tmp_path):
    for month in ("2021-02", "2021-01"):
        save(tmp_path, month, b"")
    with pytest.raises(errors.MonthUnavailable, match=r"there: 2021-01, 2021-02.*python -m trips fetch 2021-07"):
        tlc.month("2021-07")


def test_a_folder_without_months_is_said(tlc, tmp_path):
    """Neither a part file nor a file with another name is a month."""
    for name in (
        "green_tripdata_2021-01.parquet.part",
        "green_tripdata_latest.parquet",
        "yellow_tripdata_2021-01.parquet",
    ):
        (tmp_path / name).touch()
    for ask in (tlc.months, lambda: tlc.month("2021-01")):
        with pytest.raises(errors.MonthUnavailable, match=r"no green_tripdata_.*Fetch some: python -m trips fetch"):
            ask()


@pytest.mark.parametrize(
    ("path", "text"),
    [("", "TRIPS_DIR is not set.*export TRIPS_DIR="), ("/no/such", "is no folder. Fill it: python -m")],
)
def test_trips_dir_that_names_no_folder_is_said(monkeypatch, path, text):
    monkeypatch.setenv("TRIPS_DIR", path)
    for ask in (Tlc().months, lambda: Tlc().month("2021-01"), Tlc().boroughs):
        with pytest.raises(errors.MonthUnavailable, match=text):
            ask()


def test_boroughs_come_from_the_zone_table_and_are_unknown_without_it(tlc, tmp_path):
    assert set(tlc.boroughs()) == {"Unknown"}
    (tmp_path / "taxi_zone_lookup.csv").write_text('"LocationID","Borough"\n1,"EWR"\n4,"Manhattan"\n265,"N/A"\n')
    boroughs = tlc.boroughs()
    assert (boroughs.shape, boroughs[1], boroughs[4], boroughs[5], boroughs[265]) == (
        (266,), "EWR", "Manhattan", "Unknown", "N/A",
    )  # fmt: skip


@pytest.mark.real
def test_all_real_months_are_read_into_one_frame():
    """Eighteen files of three eras, the rows that TLC published, one set of types."""
    tlc = Tlc()
    assert set(ROWS) <= set(tlc.months())
    frames = {month: tlc.month(month) for month in ROWS}
    assert {month: len(frame) for month, frame in frames.items()} == ROWS
    for frame in frames.values():
        assert frame.dtypes.astype(str).to_dict() == expected_dtypes()
    together = pd.concat(frames.values(), ignore_index=True)
    assert together.dtypes.astype(str).to_dict() == expected_dtypes()
    for month in ROWS:
        check(Path(os.environ["TRIPS_DIR"]) / file_name(month))


@pytest.mark.real
def test_real_boroughs_come_from_the_zone_table():
    """74 is East Harlem North, 1 Newark Airport; TLC gives 264 no borough."""
    boroughs = Tlc().boroughs()
    assert (boroughs[74], boroughs[1], boroughs[264], boroughs[265]) == ("Manhattan", "EWR", "Unknown", "N/A")
    assert set(boroughs) == {"Manhattan", "Brooklyn", "Queens", "Bronx", "Staten Island", "EWR", "Unknown", "N/A"}
