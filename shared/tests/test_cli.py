"""`python -m trips` as a person meets it: what it prints, and one line when something is wrong."""

import os
import subprocess
import sys
import time

import pyarrow.parquet as pq
import pytest
from tlc_files import ERAS, save, table

import trips
from trips.__main__ import choose, main

LOCKDOWN = "lockdown:2021-01-11:2021-01-20:0.6"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own, without TRIPS_DIR."""
    variables = {name: value for name, value in os.environ.items() if name != "TRIPS_DIR"}
    call = [sys.executable, "-m", "trips", *map(str, arguments)]
    return subprocess.run(call, env=variables, capture_output=True, text=True, timeout=1200, check=False)


@pytest.fixture
def inside(monkeypatch, capsys):
    """The command in this process, which is quicker, and what it wrote to stdout."""

    def call(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["trips", *arguments])
        with pytest.raises(SystemExit, check=lambda exit: not exit.code):
            main()
        return capsys.readouterr().out

    return call


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """TRIPS_DIR with January 2021."""
    monkeypatch.setenv("TRIPS_DIR", str(tmp_path))
    save(tmp_path, "2021-01", table("2021-01"))
    return tmp_path


def test_help_answers_without_the_heavy_libraries():
    """The time is printed, not judged: machines differ. What costs a second is not imported."""
    look = "import sys, trips.__main__; print(*{'pandas', 'pyarrow', 'numpy', 'rich.table'} & set(sys.modules))"
    heavy = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    started = time.perf_counter()
    helped = run("--help")
    print(f"python -m trips --help: {time.perf_counter() - started:.2f} s")
    assert (helped.returncode, heavy.stdout) == (0, "\n")
    assert all(command in helped.stdout for command in ("list", "describe", "fetch", "simulate"))


def test_list_says_what_the_city_has_and_how_to_get_real_months():
    listed = run("list")
    assert (listed.returncode, listed.stderr) == (0, "")
    city, tlc = listed.stdout.splitlines()
    assert city.startswith("city: 2018-01 to 2039-10")
    assert tlc.endswith("TRIPS_DIR is not set. Name a folder for real months: export TRIPS_DIR=$HOME/trips")


def test_list_shows_size_and_rows_of_real_months_and_which_are_broken(folder, inside):
    save(folder, "2021-02", b"no parquet")
    rows = [line.split() for line in inside("list", "--source", "tlc").splitlines() if line.startswith("  2021")]
    assert rows[0] == ["2021-01", "0.1", f"{len(table('2021-01')):,}"]
    assert rows[1][:3] == ["2021-02", "0.0", "broken:"]


def test_describe_shows_figures_beside_the_real_month_and_what_cleaning_drops():
    described = run("describe", "2021-01")
    title, *lines = described.stdout.splitlines()
    assert (described.returncode, described.stderr) == (0, "")
    assert title == "2021-01 of the source city (TRIPS_DIR is not set), in figures"
    report = trips.clean(trips.open_source("city").month("2021-01"))[1]
    cells = [line.split() for line in lines]
    assert ["rows", f"{report.rows:,}", "76,518"] in [row[:3] for row in cells]
    assert ["left", f"{report.left:,}"] in [row[:2] for row in cells]
    for name, count in report.dropped.items():
        assert any(f"dropped: {name} " in line and f" {count:,} " in line for line in lines)


def test_describe_prefers_the_real_month_and_says_so(folder, inside):
    assert inside("describe", "2021-01").startswith("2021-01 of the source tlc (TRIPS_DIR has it)")


@pytest.mark.parametrize(
    ("month", "source", "seed", "incidents", "chosen"),
    [
        ("2021-01", None, None, [], "tlc"), ("2021-02", None, None, [], "city"), ("2021-01", "city", None, [], "city"),
        ("2021-02", "tlc", None, [], "tlc"), ("2021-01", None, 0, [], "city"),
        ("2021-01", None, None, [LOCKDOWN], "city"),
    ],
)  # fmt: skip
def test_the_source_is_tlc_where_it_has_the_month_unless_the_city_is_meant(
    folder, month, source, seed, incidents, chosen
):
    assert choose(month, source, seed, incidents)[0].name == chosen


def test_simulate_writes_the_very_types_of_tlcs_schema_a(tmp_path):
    out = tmp_path / "month.parquet"
    done = run("simulate", "2021-01", "--out", out, "--seed", 3, "--incident", LOCKDOWN)
    assert (done.returncode, done.stderr) == (0, "")
    written = pq.read_table(out)
    assert {field.name: field.type for field in written.schema} == ERAS["A"]
    assert f"{len(written):,} trips of 2021-01" in done.stdout
    assert os.listdir(tmp_path) == ["month.parquet"]
    city = trips.open_source("city", 3, [trips.Incident.parse(LOCKDOWN)])
    assert trips.clean(city.month("2021-01"))[1].rows == len(written)


WRONG = {
    "describe 2021-1": "'2021-1' is no month. Write it as 2021-01",
    "describe 2017-12": "the city has no 2017-12. It lives from",
    "describe 2021-01 --source taxi": "no source is called 'taxi'. Choose one of",
    "describe 2021-01 --source tlc": "TRIPS_DIR is not set. Name a folder",
    "describe 2021-01 --source tlc --seed 1": "real months take no seed. Use the source city",
    f"describe 2021-01 --source tlc --incident {LOCKDOWN}": "real months take no incidents. Use the source city",
    "describe 2021-01 --incident flood:1:2:3": "no incident is called 'flood'. Choose one of",
    "describe 2021-01 --incident flood": "'flood' is no incident. Write kind:start:end:size",
    "describe 2021-01 --seed -1": "seed -1 is negative. Choose 0 or more",
    "list --source tlc": "TRIPS_DIR is not set. Name a folder",
    "list --source taxi": "no source is called 'taxi'. Choose one of",
    "fetch 2021-01": "TRIPS_DIR is not set. Name a folder",
    "fetch 2021-05..2021-01": "is no range of months. Write the earlier one first",
    "simulate 2021-01 --out no/such/month.parquet": "no folder no/such. Make it first: mkdir -p no/such",
    "simulate 2021-01 --out .": ". is a folder. Name a file in it",
    "simulate 2021-13 --out month.parquet": "'2021-13' is no month. Write it as 2021-01",
}


@pytest.mark.parametrize("arguments", WRONG)
def test_a_mistake_is_one_line_with_its_remedy_and_exit_code_2(arguments, monkeypatch, capsys):
    monkeypatch.delenv("TRIPS_DIR", raising=False)
    monkeypatch.setattr(sys, "argv", ["trips", *arguments.split()])
    with pytest.raises(SystemExit, check=lambda exit: exit.code == 2):
        main()
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1
    assert WRONG[arguments] in said.err


@pytest.mark.parametrize("arguments", ["describe 2021-1", "simulate 2021-01"])
def test_a_process_ends_with_code_2_and_without_a_traceback(arguments):
    """A month that is none; an option that is missing."""
    wrong = run(*arguments.split())
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "rror: " in wrong.stderr
    assert "Traceback" not in wrong.stderr
