"""A download over a real HTTP server, on the loopback, that breaks off, stalls, refuses or ignores what it is asked."""

import errno
import fcntl
import os
import threading
from pathlib import Path

import pytest
from tlc_files import MONTH
from tlc_parts import HALF, NAME, WHOLE, assert_whole, leave_part, size, wait_for
from tlc_server import Answer, tlc_server

from trips.download import Patience
from trips.errors import DownloadFailed
from trips.fetch import fetch
from trips.part import part_of


@pytest.mark.parametrize("broken", [Answer(send=HALF), Answer(send=HALF, hang=True)], ids=["cut", "stalled"])
def test_a_download_goes_on_where_it_broke_off(server, folder, patience, naps, broken):
    server.answers = [broken]
    assert fetch(MONTH, patience) is True
    assert server.ranges() == [None, f"bytes={HALF}-"]
    assert naps == [1.0]
    assert_whole(folder)


def test_a_server_that_ignores_ranges_sends_the_whole_once_more(server, folder, patience):
    server.answers = [Answer(send=HALF), Answer(ranges=False)]
    assert fetch(MONTH, patience) is True
    assert_whole(folder)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again_after_longer_and_longer_waits(server, folder, patience, naps, status):
    server.answers = [Answer(status=status)] * 3
    assert fetch(MONTH, patience) is True
    assert naps == [1.0, 2.0, 4.0]


def test_every_retry_is_told_with_its_reason_and_wait(server, folder):
    said = []
    server.answers = [Answer(send=HALF), Answer(status=503), Answer(hang=True, send=5)]
    fetch(MONTH, Patience(wait=0.5, timeout=0.2, sleep=lambda seconds: None, note=said.append))
    assert said == [
        f"cut short after {HALF:,} of {len(WHOLE):,} bytes; again in 0.5 s",
        "the server answers 503; again in 1 s",
        "the server has been silent for 0.2 s; again in 2 s",
    ]


def test_a_server_that_names_a_wait_gets_it_up_to_a_minute(server, folder, patience, naps):
    server.answers = [Answer(status=429, headers={"Retry-After": after}) for after in ("7", "9999", "Wed, 21 Oct")]
    assert fetch(MONTH, patience) is True
    assert naps == [7.0, 60.0, 4.0]


def test_patience_ends_with_the_remedy_and_keeps_what_came(server, folder, patience):
    """A later fetch needs the second half only."""
    server.answers = [Answer(send=HALF), *[Answer(status=500)] * 3]
    with pytest.raises(DownloadFailed, match=r"the server answers 500. What came is kept: the same command resumes"):
        fetch(MONTH, patience)
    assert os.listdir(folder) == [f"{NAME}.part"]
    assert fetch(MONTH, patience) is True
    assert server.ranges()[-1] == f"bytes={HALF}-"
    assert_whole(folder)


def test_another_refusal_is_not_asked_again(server, folder, patience, naps):
    server.answers = [Answer(status=401)]
    with pytest.raises(DownloadFailed, match=r"answers 401 Unauthorized. Check TRIPS_URL"):
        fetch(MONTH, patience)
    assert naps == []


def test_an_old_part_that_does_not_fit_is_fetched_anew(server, folder, patience):
    leave_part(folder, b"x" * HALF)
    assert fetch(MONTH, patience) is True
    assert server.ranges() == [f"bytes={HALF}-", None]
    assert_whole(folder)


@pytest.mark.parametrize("part", [WHOLE, WHOLE + b"x", b"x" * len(WHOLE)], ids=["whole", "too long", "garbage"])
def test_a_part_with_nothing_left_to_fetch_is_checked(server, folder, patience, part):
    """The server answers 416: the part is whole, as after a kill before the renaming, or it is no part of this file."""
    leave_part(folder, part)
    assert fetch(MONTH, patience) is True
    assert server.ranges() == [f"bytes={len(part)}-"] + [None] * (part != WHOLE)
    assert_whole(folder)


def test_halves_of_two_versions_are_not_put_together(server, folder, patience):
    """TLC publishes some months anew; the part is older than what the server has."""
    leave_part(folder, WHOLE[:HALF])
    server.answers = [Answer(headers={"Last-Modified": "Fri, 01 Jan 2100 00:00:00 GMT"})]
    assert fetch(MONTH, patience) is True
    assert server.ranges() == [f"bytes={HALF}-", None]


def test_a_range_that_was_not_asked_for_is_not_appended(server, folder, patience):
    leave_part(folder, WHOLE[:HALF])
    server.answers = [Answer(headers={"Content-Range": "bytes 7-9/10"})]
    assert fetch(MONTH, patience) is True
    assert server.ranges() == [f"bytes={HALF}-", None]
    assert_whole(folder)


def test_progress_counts_what_an_earlier_attempt_brought(server, folder):
    leave_part(folder, WHOLE[:HALF])
    seen = []
    fetch(MONTH, Patience(progress=lambda done, total: seen.append((done, total))))
    assert seen[0] == (HALF, len(WHOLE))
    assert seen[-1] == (len(WHOLE), len(WHOLE))


def test_no_network_is_named_and_nothing_is_left_behind(folder, patience, monkeypatch):
    with tlc_server() as gone:
        monkeypatch.setenv("TRIPS_URL", gone.url)
    with pytest.raises(DownloadFailed, match=r"no network, or no such server .*the same command resumes"):
        fetch(MONTH, patience)
    assert os.listdir(folder) == []


def test_a_second_fetch_of_the_same_month_is_refused(server, folder, patience):
    """Two that appended to one part would mix their bytes."""
    server.answers = [Answer(send=HALF, hang=True)]
    first = threading.Thread(target=fetch, args=(MONTH, Patience(wait=0, timeout=30)))
    first.start()
    wait_for(lambda: size(folder / f"{NAME}.part") == HALF)
    with pytest.raises(DownloadFailed, match=f"another process is writing {NAME}"):
        fetch(MONTH, patience)
    server.goes_on.set()
    first.join()
    assert_whole(folder)


def test_a_part_that_was_renamed_while_we_waited_for_it_is_not_touched(folder, monkeypatch):
    """Between our open and our lock the other fetch may finish: what we hold then is its whole file."""
    part, flock = leave_part(folder, WHOLE), fcntl.flock

    def finish_then_lock(file, how):
        part.rename(folder / NAME)
        flock(file, how)

    monkeypatch.setattr("fcntl.flock", finish_then_lock)
    with pytest.raises(DownloadFailed, match="another process"), part_of(folder / NAME):
        pass
    assert_whole(folder)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full, a disk that is always full: Linux has one")
def test_a_full_disk_is_named(server, folder, patience):
    folder.mkdir()
    (folder / f"{NAME}.part").symlink_to("/dev/full")
    with pytest.raises(DownloadFailed, match=r"cannot write .*: the disk is full. Make room") as failed:
        fetch(MONTH, patience)
    assert failed.value.__cause__.errno == errno.ENOSPC
