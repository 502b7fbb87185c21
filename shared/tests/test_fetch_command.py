"""`python -m trips fetch` as a process: killed, interrupted, out of room, and what it says."""

import os
import signal
import subprocess
import sys
from functools import partial

from tlc_files import MONTH, parquet, table
from tlc_parts import HALF, NAME, assert_whole, size, wait_for
from tlc_server import Answer

from trips.fetch import fetch

KEPT = "What came is kept: the same command resumes"
ZONES = b'"LocationID","Borough","Zone","service_zone"\n1,"EWR","Newark Airport","EWR"\n264,"N/A","N/A","N/A"\n'


def command(*arguments: str, python: tuple[str, ...] = ("-m", "trips")) -> subprocess.Popen[str]:
    """A fetch as a terminal starts it: a job in the background, as of CI, would hand down a Ctrl-C that is ignored."""
    pipe, words = subprocess.PIPE, [sys.executable, *python, "fetch", *arguments]
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    return subprocess.Popen(words, stdout=pipe, stderr=pipe, text=True, preexec_fn=heard)


def test_what_fits_on_the_disk_is_kept_and_the_rest_fetched_when_there_is_room(server, folder, patience):
    """The kernel refuses every byte past the limit, in the middle of a write."""
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({HALF}, {HALF}))"
    run = "import runpy; runpy.run_module('trips', run_name='__main__', alter_sys=True)"
    fetching = command(MONTH, python=("-c", f"{limit}; {run}"))
    _, said = fetching.communicate(timeout=30)
    assert fetching.returncode == 1
    assert "cannot write" in said
    assert (os.listdir(folder), size(folder / f"{NAME}.part")) == ([f"{NAME}.part"], HALF)
    assert fetch(MONTH, patience) is True
    assert_whole(folder)


def test_a_killed_fetch_leaves_a_part_and_resumes(server, folder, patience):
    server.answers = [Answer(send=HALF, hang=True)]
    fetching = command(MONTH)
    wait_for(lambda: size(folder / f"{NAME}.part") == HALF)
    fetching.send_signal(signal.SIGKILL)
    fetching.communicate()
    assert os.listdir(folder) == [f"{NAME}.part"]
    assert fetch(MONTH, patience) is True
    assert server.ranges() == [None, f"bytes={HALF}-"]
    assert_whole(folder)


def test_ctrl_c_ends_a_fetch_quietly_with_130(server, folder):
    server.answers = [Answer(send=HALF, hang=True)]
    fetching = command(MONTH)
    wait_for(lambda: size(folder / f"{NAME}.part") == HALF)
    fetching.send_signal(signal.SIGINT)
    assert fetching.communicate(timeout=20) == ("", "")
    assert fetching.returncode == 130


def test_the_command_fetches_months_and_the_zone_table(server, folder):
    server.put("2021-02", parquet(table("2021-02")))
    server.files["/misc/taxi_zone_lookup.csv"] = ZONES
    fetching = command("2021-01..2021-02", "2021-01")
    assert fetching.communicate(timeout=30) == ("2021-01: fetched\n2021-02: fetched\n", "")
    names = sorted(os.listdir(folder))
    assert names == [NAME, "green_tripdata_2021-02.parquet", "taxi_zone_lookup.csv"]


def test_a_missing_zone_table_is_a_warning(server, folder):
    fetching = command(MONTH)
    out, said = fetching.communicate(timeout=30)
    assert (fetching.returncode, out) == (0, "2021-01: fetched\n")
    assert said.startswith("warning: no zone table")
    assert len(said.splitlines()) == 1


def test_a_failed_download_is_one_line_and_exit_code_1(server, folder):
    server.answers = [Answer(status=500)]
    fetching = command(MONTH, "--retries", "0")
    _, said = fetching.communicate(timeout=30)
    assert fetching.returncode == 1
    assert said == f"error: {server.url}/trip-data/{NAME}: the server answers 500. {KEPT}\n"
