"""Which months are fetched, from where, and what is accepted as one."""

import os

import pytest
from tlc_files import MONTH, parquet, save, table
from tlc_parts import HALF, WHOLE, assert_whole
from tlc_server import Answer

from trips.errors import BadColumn, BadName, DownloadFailed, MonthUnavailable, NotParquet, WrongMonth
from trips.fetch import expand, fetch, fetch_zones


def test_a_month_is_fetched_into_a_folder_that_is_made(server, folder, patience):
    assert fetch(MONTH, patience) is True
    assert_whole(folder)


def test_a_month_that_is_there_is_not_fetched_again(server, folder, patience):
    folder.mkdir()
    save(folder, MONTH, WHOLE)
    assert fetch(MONTH, patience) is False
    assert server.asked == []


def test_a_broken_month_that_is_there_is_replaced(server, folder, patience):
    folder.mkdir()
    save(folder, MONTH, WHOLE[:HALF])
    assert fetch(MONTH, patience) is True
    assert_whole(folder)


def test_another_months_file_under_this_name_is_not_replaced(server, folder, patience):
    """It may be somebody's only copy, and a new name saves it."""
    folder.mkdir()
    path = save(folder, MONTH, table("2021-06"))
    with pytest.raises(WrongMonth, match="holds trips of 2021-06"):
        fetch(MONTH, patience)
    assert path.read_bytes() == parquet(table("2021-06"))


@pytest.mark.parametrize("status", [403, 404])
def test_a_month_that_is_not_published_is_said_at_once(server, folder, patience, naps, status):
    server.answers = [Answer(status=status)]
    with pytest.raises(MonthUnavailable, match=r"TLC has not published 2021-01 .*about two months later"):
        fetch(MONTH, patience)
    assert (len(server.asked), naps, os.listdir(folder)) == (1, [], [])


@pytest.mark.parametrize(
    ("content", "error", "reason"),
    [
        (b"<html>log in to the hotel's network</html>", NotParquet, "is not parquet"),
        (b"", NotParquet, "is not parquet"),
        (parquet(table().drop_columns(["trip_distance"])), BadColumn, "no column 'trip_distance'"),
        (parquet(table("2021-06")), WrongMonth, "holds trips of 2021-06"),
    ],
    ids=["garbage", "nothing", "a column missing", "another month"],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_asked_for_twice_and_not_kept(server, folder, patience, content, error, reason):
    server.put(MONTH, content)
    with pytest.raises(DownloadFailed, match=f"sends a file that cannot be used: .*{reason}") as failed:
        fetch(MONTH, patience)
    assert isinstance(failed.value.__cause__, error)
    assert (server.ranges(), os.listdir(folder)) == ([None, None], [])


def test_trips_dir_that_is_not_set_is_said_before_anything_is_asked(server, patience, monkeypatch):
    monkeypatch.delenv("TRIPS_DIR", raising=False)
    with pytest.raises(MonthUnavailable, match=r"TRIPS_DIR is not set.*export TRIPS_DIR="):
        fetch(MONTH, patience)
    assert server.asked == []


def test_trips_dir_that_cannot_be_made_is_said(server, folder, patience, monkeypatch):
    folder.write_text("a file")
    monkeypatch.setenv("TRIPS_DIR", str(folder / "below"))
    with pytest.raises(MonthUnavailable, match=r"cannot be made: .*Name another folder"):
        fetch(MONTH, patience)


@pytest.mark.parametrize("url", ["ftp://example.org", "example.org", "file:///etc"])
def test_an_address_that_is_none_is_named(folder, patience, monkeypatch, url):
    monkeypatch.setenv("TRIPS_URL", url)
    with pytest.raises(BadName, match=r"is no web address. Begin it with https://"):
        fetch(MONTH, patience)


def test_a_zone_table_that_is_none_is_not_kept(server, folder, patience):
    server.files["/misc/taxi_zone_lookup.csv"] = b"<html>"
    with pytest.raises(DownloadFailed, match="is no zone table"):
        fetch_zones(patience)
    assert os.listdir(folder) == []


def test_months_are_named_one_by_one_or_as_ranges():
    assert expand(["2020-11..2021-02", "2021-01", "2019-05"]) == ["2020-11", "2020-12", "2021-01", "2021-02", "2019-05"]


@pytest.mark.parametrize(
    "name", ["2021-05..2021-01", "2021-01..", "..", "2021", "2021-01..2021-02..2021-03", "2021-13"]
)
def test_a_range_that_is_none_is_refused(name):
    with pytest.raises(BadName, match="Write "):
        expand([name])
