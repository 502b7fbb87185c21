"""predict.py: a file in, the same rows with minutes out."""

import time

import numpy as np
import pandas as pd
import predict
import pytest
from running import verb

import trips
from taxi.model import table


def test_a_month_in_the_same_rows_with_minutes_out(month, model, model_file, tmp_path):
    """As a user runs it: every row in its order, the model's own answers, and none where nothing can be asked."""
    out = tmp_path / "minutes.parquet"
    done = verb("predict.py", month, "--out", out, "--model", model_file, "--like", "2021-01")
    assert done.returncode == 0, done.stderr
    rows, trips_in = pd.read_parquet(out), trips.as_trips(pd.read_parquet(month))
    asked = trips.servable(trips_in)
    pd.testing.assert_frame_equal(rows.drop(columns="predicted_minutes"), trips_in)
    assert np.array_equal(rows["predicted_minutes"].notna(), asked)
    assert rows["predicted_minutes"][asked].tolist() == model.predict(table(trips_in[asked])).tolist()
    assert f"{len(rows):,} trips, median " in done.stdout
    assert f"{(~asked).sum():,} trips could not be asked for and have no minutes" in done.stdout


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_files_of_either_kind_in_and_out(own, model, model_file, tmp_path, kind, suffix):
    """What a trip's file says besides comes along."""
    file, out = tmp_path / f"trips.{kind}", tmp_path / f"minutes{suffix}"
    rides = own.assign(rider=["a", "b", "c"])
    rides.to_csv(file, index=False) if kind == "csv" else rides.to_parquet(file)
    predict.main(file, out, model=model_file)
    rows = pd.read_csv(out) if suffix == ".csv" else pd.read_parquet(out)
    assert rows["rider"].tolist() == ["a", "b", "c"]
    assert rows["pickup_zone"].tolist() == [74, 75, 0]
    wanted = [*model.predict(table(own[:2])), np.nan]  # the third is of zone 0
    assert rows["predicted_minutes"].tolist() == pytest.approx(wanted, nan_ok=True)


def test_parts_are_put_together_in_order(model, valid, monkeypatch):
    """However many rows are scored at once."""
    rows = valid[:1000].reset_index(drop=True)
    whole = predict.predict(model, rows)
    monkeypatch.setattr(predict, "ROWS_AT_ONCE", 7)
    pd.testing.assert_frame_equal(predict.predict(model, rows), whole)


def test_a_file_of_which_nothing_can_be_asked_gets_no_minutes(own, model_file, tmp_path, capsys):
    own.assign(distance_miles=0.0).to_parquet(tmp_path / "trips.parquet")
    predict.main(tmp_path / "trips.parquet", tmp_path / "minutes.csv", model=model_file)
    assert pd.read_csv(tmp_path / "minutes.csv")["predicted_minutes"].isna().all()
    assert "3 trips could not be asked for" in capsys.readouterr().out


def test_help_says_what_it_does_without_loading_anything():
    done = verb("predict.py", "--help")
    assert done.returncode == 0
    assert "Read trips, predict how many minutes each takes" in done.stdout
    loaded = verb("-X", "importtime", "predict.py", "--help").stderr
    assert not [line for line in loaded.splitlines() if line.endswith(("| pandas", "| sklearn", "| pyarrow"))]


@pytest.mark.slow
def test_a_million_rows_are_scored(february, model_file, tmp_path, capsys):
    """How fast is for make bench to judge, on a quiet machine; here it is printed."""
    many = pd.concat([february] * 15, ignore_index=True)[:1_000_000]
    many.to_parquet(tmp_path / "million.parquet", index=False)
    started = time.perf_counter()
    done = verb(
        "predict.py", tmp_path / "million.parquet", "--out", tmp_path / "minutes.parquet", "--model", model_file
    )
    seconds = time.perf_counter() - started
    assert done.returncode == 0, done.stderr
    assert len(pd.read_parquet(tmp_path / "minutes.parquet")) == 1_000_000
    with capsys.disabled():
        print(f"\n1,000,000 rows in {seconds:.1f} s: {1e6 / seconds:,.0f} rows a second, start and files included")
