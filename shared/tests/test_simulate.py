"""A simulated month as a file: TLC's very types, whole or not at all, the same bytes for the same seed."""

import os
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

import trips
from trips.schema import SCHEMA
from trips.simulate import SCHEMA_A, simulate


def test_a_simulated_file_is_read_back_as_the_month_it_is(tmp_path, monkeypatch):
    """City, file, tlc: the same frame."""
    monkeypatch.setenv("TRIPS_DIR", str(tmp_path))
    simulate("2021-01", tmp_path / "green_tripdata_2021-01.parquet", seed=3)
    assert trips.open_source("tlc").month("2021-01").equals(trips.open_source("city", 3).month("2021-01"))


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    files = [tmp_path / name for name in ("one", "two", "three")]
    for path, seed in zip(files, (1, 1, 2), strict=True):
        simulate("2021-02", path, seed)
    one, two, three = (path.read_bytes() for path in files)
    assert one == two != three


def test_schema_a_differs_from_the_frame_of_all_years_in_three_columns():
    differ = [field.name for field in SCHEMA if field not in list(SCHEMA_A)]
    assert differ == ["VendorID", "ehail_fee", "cbd_congestion_fee"]


def test_a_file_that_is_there_is_replaced_only_when_forced(tmp_path):
    out = tmp_path / "month.parquet"
    out.write_text("precious")
    with pytest.raises(trips.BadName, match=r"is there already. Add --force to replace it"):
        simulate("2021-01", out)
    assert out.read_text() == "precious"
    assert simulate("2021-01", out, force=True) == pq.read_metadata(out).num_rows


def test_a_disk_without_room_leaves_neither_a_file_nor_a_part(tmp_path):
    """The kernel refuses every byte past the first 100,000."""
    script = f"""
import resource
from pathlib import Path
from trips.simulate import simulate
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
simulate("2021-01", Path({str(tmp_path / "month.parquet")!r}))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=1200, check=False)
    assert "DownloadFailed: cannot write" in done.stderr
    assert os.listdir(tmp_path) == []
