"""Files that are no trips are refused with the column and what to do; so are places that cannot be written."""

import pyarrow as pa
import pytest
from pyarrow import parquet

from taxi import files
from taxi.errors import BadInput

HEADER = "pickup_zone,dropoff_zone,distance_miles,pickup_at"


def csv(tmp_path, *lines):
    path = tmp_path / "trips.csv"
    path.write_text("\n".join([HEADER, *lines]) + "\n")
    return path


def refusal(path):
    with pytest.raises(BadInput) as caught:
        files.read(path)
    message = str(caught.value)
    assert message.startswith((str(path), f"there is no file {path}"))
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("East Harlem,42,2.6,2021-02-01T08:15", "column pickup_zone holds string. Write numbers"),
        ("74,42,far,2021-02-01T08:15", "column distance_miles holds string. Write numbers"),
        ("true,42,2.6,2021-02-01T08:15", "column pickup_zone holds bool. Write numbers"),
        ("74,42,2.6,yesterday", "column pickup_at holds string. Write local times, as 2021-02-01T08:15:00"),
        ("74,42,2.6,2021-02-01", "column pickup_at holds date32[day]. Write local times"),
        ("74,42,2.6,1612167300", "column pickup_at holds int64. Write local times"),
        ("74,42,2.6,2021-02-01T08:15:00Z", "column pickup_at holds timestamp[s, tz=UTC]. Write local times"),
        ("74,42,2.6", "is no readable .csv file (CSV parse error: Expected 4 columns, got 3"),
    ],
)
def test_a_csv_of_something_else_is_refused_with_the_column(tmp_path, line, reason):
    assert reason in refusal(csv(tmp_path, line))


def test_a_csv_without_rows_or_without_anything_is_refused(tmp_path):
    assert "holds no trips. Give a file with rows" in refusal(csv(tmp_path))
    (tmp_path / "trips.csv").write_bytes(b"")
    assert "is no readable .csv file (Empty CSV file). Give it whole" in refusal(tmp_path / "trips.csv")


def test_a_file_that_is_not_there_or_no_file_is_refused(tmp_path):
    assert refusal(tmp_path / "none.parquet").endswith("Fetch or simulate a month: make data")
    assert refusal(tmp_path).startswith("there is no file")


@pytest.mark.parametrize("damage", [lambda data: b"", lambda data: data[:-100], lambda data: b"hello\n", bytes.lower])
def test_a_damaged_parquet_file_is_refused(own, tmp_path, damage):
    path = tmp_path / "trips.parquet"
    own.to_parquet(path)
    path.write_bytes(damage(path.read_bytes()))
    assert "is no readable .parquet file" in refusal(path)


def test_missing_columns_are_named_beside_what_is_there(own, tmp_path):
    own.drop(columns="pickup_at").to_parquet(tmp_path / "trips.parquet", index=False)
    assert refusal(tmp_path / "trips.parquet").endswith(
        "has the columns pickup_zone, dropoff_zone, distance_miles ...; needed are pickup_zone, dropoff_zone, "
        "distance_miles, pickup_at"
    )


def test_two_columns_of_one_name_are_refused(tmp_path):
    path = tmp_path / "trips.csv"
    path.write_text(f"{HEADER},pickup_zone\n74,42,2.6,2021-02-01T08:15,75\n")
    assert "two columns of one name" in refusal(path)


def test_a_column_of_lists_is_refused(own, tmp_path):
    table = pa.table({**{name: own[name] for name in own}, "pickup_zone": [[74], [75], [0]]})
    parquet.write_table(table, tmp_path / "trips.parquet")
    assert "column pickup_zone holds list<" in refusal(tmp_path / "trips.parquet")


def test_a_place_that_cannot_be_written_is_said(own, tmp_path):
    """A folder of that name: the part beside it is cleared away."""
    (tmp_path / "minutes.csv").mkdir()
    with pytest.raises(BadInput, match=r"could not be written \(Is a directory\)"):
        files.write(own, tmp_path / "minutes.csv")
    assert [one.name for one in tmp_path.iterdir()] == ["minutes.csv"]
