"""Files of trips: TLC's months and the service's own columns, parquet and CSV, every row in order."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import trips
from taxi import files

HEADER = "pickup_zone,dropoff_zone,distance_miles,pickup_at"
ROWS = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(-2, 300)),
        st.integers(1, 265),
        st.one_of(st.none(), st.floats(-1, 300, allow_nan=False)),
        st.one_of(st.none(), st.datetimes(pd.Timestamp(2009, 1, 1), pd.Timestamp(2099, 1, 1))),
    ),
    min_size=1,
    max_size=10,
)


def csv(tmp_path, *lines):
    path = tmp_path / "trips.csv"
    path.write_text("\n".join([HEADER, *lines]) + "\n")
    return path


def test_a_month_as_tlc_publishes_it_keeps_every_row_in_order(january, tmp_path):
    """Dirt included, under the service's names, with the true duration beside."""
    january.to_parquet(tmp_path / "month.parquet", index=False)
    pd.testing.assert_frame_equal(files.read(tmp_path / "month.parquet"), trips.as_trips(january))


@pytest.mark.parametrize(
    "rows", [[*range(500)], [*range(-500, 0)], [*range(-9, 9)]], ids=["hails", "app rides", "both"]
)
def test_the_same_month_as_csv_reads_the_same(january, tmp_path, rows):
    """Also where whole columns are empty, or half empty: an app sends less than a meter."""
    some = january.iloc[rows].reset_index(drop=True)
    some.to_csv(tmp_path / "month.csv", index=False)
    pd.testing.assert_frame_equal(files.read(tmp_path / "month.csv"), trips.as_trips(some))


@pytest.mark.parametrize("suffix", [".parquet", ".csv", ".PARQUET"])
def test_own_columns_come_back_as_they_were(own, tmp_path, suffix):
    path = tmp_path / f"trips{suffix}"
    own.to_csv(path, index=False) if suffix == ".csv" else own.to_parquet(path)
    pd.testing.assert_frame_equal(files.read(path), own, check_dtype=suffix != ".csv")


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_csv_and_parquet_tell_the_same_trips(tmp_path, rows):
    """Whatever is missing or wrong in them."""
    columns = HEADER.split(",")
    frame = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[:3], float) | {"pickup_at": "M8[us]"})
    frame.to_parquet(tmp_path / "trips.parquet")
    frame.to_csv(tmp_path / "trips.csv", index=False, date_format="%Y-%m-%dT%H:%M:%S.%f")
    one, other = files.read(tmp_path / "trips.parquet"), files.read(tmp_path / "trips.csv")
    pd.testing.assert_frame_equal(one, other, check_dtype=False)


def test_a_column_that_pandas_kept_as_an_index_is_a_column(own, tmp_path):
    own.set_index("pickup_at").to_parquet(tmp_path / "trips.parquet")
    assert files.read(tmp_path / "trips.parquet")["pickup_at"].tolist() == own["pickup_at"].tolist()


def test_what_else_a_file_holds_is_kept(own, tmp_path):
    own.assign(rider="somebody").to_parquet(tmp_path / "trips.parquet")
    assert files.read(tmp_path / "trips.parquet")["rider"].tolist() == ["somebody"] * 3


def test_a_type_is_seen_in_all_rows_of_a_csv(tmp_path):
    """Half a mile after a megabyte of whole miles is half a mile."""
    path = csv(tmp_path, *["74,42,2,2021-02-01T08:15"] * 60_000, "74,42,2.5,2021-02-01T08:15")
    assert files.read(path)["distance_miles"].iloc[[0, -1]].tolist() == [2.0, 2.5]


@pytest.mark.parametrize("time", ["2021-02-01T08:15", "2021-02-01 08:15:00", "2021-02-01T08:15:00.000"])
def test_times_in_a_csv_may_be_written_in_any_iso_way(tmp_path, time):
    assert files.read(csv(tmp_path, f"74,42,2.6,{time}"))["pickup_at"].tolist() == [pd.Timestamp(2021, 2, 1, 8, 15)]


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_what_is_written_is_whole_and_alone_in_its_folder(own, tmp_path, suffix):
    path = tmp_path / f"minutes{suffix}"
    files.write(own.assign(predicted_minutes=[12.3, 30.0, np.nan]), path)
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    back = pd.read_csv(path) if suffix == ".csv" else pd.read_parquet(path)
    assert back["predicted_minutes"].tolist() == pytest.approx([12.3, 30.0, np.nan], nan_ok=True)
