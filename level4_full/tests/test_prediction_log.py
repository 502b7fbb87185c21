"""Nothing that was answered is lost, nothing half written is read, and the folder stays within its bounds."""

import os
import resource
import subprocess
import sys

import pandas as pd
import pytest
from running import LEVEL

from taxi.serving import outcomes, prediction_log
from taxi.serving.prediction_log import PredictionLog
from taxi.serving.record import Finished, Ids, Predicted, line

MEGA = 1024**2


def predicted(number=0, challenger=13.0):
    trip = (74, 42, 2.6, "2021-02-01T08:15:00")
    served = ("aa", "1-2-1", 1, "champion", "champion", "1")
    return Predicted(f"{number:032x}", 1_612_000_000_000 + number, *served, *trip, 12.5, challenger, None)


def finished(number, minutes, at):
    return Finished(f"{number:032x}", at, minutes)


def log(folder, segment=MEGA, most=100 * MEGA):
    return PredictionLog(folder, segment, most)


def segments(folder):
    return sorted(folder.glob("*.jsonl"))


def test_what_is_appended_is_read_back(tmp_path):
    mine = log(tmp_path)
    for number in range(100):
        assert mine.append(line(predicted(number)))
    (segment,) = segments(tmp_path)
    assert list(outcomes.lines(segment)) == [predicted(number) for number in range(100)]
    assert (mine.written, mine.lost) == (100, 0)


def test_a_full_segment_is_closed_and_another_begun(tmp_path):
    mine = log(tmp_path, segment=1000)
    for number in range(20):
        mine.append(line(predicted(number)))
    assert len(outcomes.joined(tmp_path)) == 20
    assert all(path.stat().st_size < 1500 for path in segments(tmp_path))


def test_the_folder_is_bounded_and_the_oldest_go_first(tmp_path):
    mine = log(tmp_path, segment=1000, most=5000)
    for number in range(200):
        mine.append(line(predicted(number)))
    left = outcomes.joined(tmp_path)["id"]
    assert sum(path.stat().st_size for path in segments(tmp_path)) < 7000
    assert left.iloc[-1] == f"{199:032x}"
    assert f"{0:032x}" not in set(left)


@pytest.mark.parametrize("torn", [b'{"type":"pred', b"{", b"\xff\xfe"])
def test_a_torn_last_line_is_cut_when_the_next_process_begins(tmp_path, torn):
    """As a process leaves it that was killed in the middle of a write."""
    whole = line(predicted(1)) + line(predicted(2))
    (tmp_path / "1-1.jsonl").write_bytes(whole + torn)
    assert prediction_log.repair(tmp_path) == 1
    assert (tmp_path / "1-1.jsonl").read_bytes() == whole
    assert prediction_log.repair(tmp_path) == 0


def test_a_segment_that_somebody_writes_to_is_left_alone(tmp_path):
    """A second process beside it begins: nothing is cut, nothing is compacted, nothing deleted."""
    mine = log(tmp_path)
    mine.append(line(predicted(1)))
    os.write(mine._file, b'{"type":')
    other = log(tmp_path, most=1)
    other.append(line(predicted(2)))
    assert outcomes.compact(tmp_path) == 0
    assert b'{"type":' in b"".join(path.read_bytes() for path in segments(tmp_path))
    assert len(segments(tmp_path)) == 2


def test_a_full_disk_loses_lines_and_says_how_many_and_nothing_else():
    """Files may not grow past 2,000 bytes; when they may again, the log goes on, on a line of its own."""
    code = f"""
import resource, signal, sys, tempfile
from pathlib import Path
sys.path.insert(0, "tests")
import test_prediction_log as here
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder = Path(tempfile.mkdtemp())
mine = here.log(folder)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, {resource.RLIM_INFINITY}))
for number in range(20):
    mine.append(here.line(here.predicted(number)))
full = mine.lost
resource.setrlimit(resource.RLIMIT_FSIZE, ({resource.RLIM_INFINITY}, {resource.RLIM_INFINITY}))
for number in range(100, 120):
    assert mine.append(here.line(here.predicted(number)))
print(full, mine.lost, mine.written, len(here.outcomes.joined(folder)))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=LEVEL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    full, lost, written, read = map(int, done.stdout.split())
    assert 0 < full == lost < 20
    assert read == written == 40 - lost


def test_a_folder_that_cannot_be_made_loses_lines_and_raises_nothing(tmp_path):
    (tmp_path / "file").write_text("in the way")
    mine = log(tmp_path / "file" / "log")
    assert not mine.append(line(predicted()))
    assert mine.lost == 1


def test_outcomes_are_joined_and_the_last_one_counts(tmp_path):
    """Late, twice, corrected, before its own prediction, or of nobody: the same table every time."""
    mine = log(tmp_path, segment=700)
    mine.append(line(finished(3, 7.0, 5)))
    for number in range(5):
        mine.append(line(predicted(number)))
    for told in (
        finished(1, 20.0, 10),
        finished(1, 21.0, 30),
        finished(2, 9.0, 20),
        finished(2, 9.0, 25),
        finished(9, 1.0, 1),
    ):
        mine.append(line(told))
    found = outcomes.joined(tmp_path)
    assert found["minutes"].tolist()[1:4] == [21.0, 9.0, 7.0]
    assert found["minutes"].isna().tolist() == [True, False, False, False, True]
    assert found["revisions"].tolist() == [0, 2, 2, 1, 0]
    mine.close()
    assert outcomes.compact(tmp_path) > 0
    assert not segments(tmp_path)
    pd.testing.assert_frame_equal(outcomes.joined(tmp_path), found)


def test_an_empty_log_has_the_columns_of_a_full_one(tmp_path):
    empty = outcomes.joined(tmp_path)
    log(tmp_path).append(line(predicted(1, None)))
    full = outcomes.joined(tmp_path)
    assert empty.empty
    assert (empty.dtypes == full.dtypes).all()


def test_ids_are_known_by_who_made_them_and_by_nobody_else():
    """Also after a restart with the same key; a rider is the same, and not to be read."""
    mine, again, other = Ids(b"key"), Ids(b"key"), Ids(b"another")
    made = mine.new(1_612_000_000.5)
    assert again.made_at(made) == 1_612_000_000_500
    flipped = made[:5] + ("0" if made[5] != "0" else "1") + made[6:]
    for unknown in (flipped, made[:-1], made + "00", "x" * 32, "", "é"):
        assert mine.made_at(unknown) is None
    assert other.made_at(made) is None
    assert len({mine.new(1.0) for _ in range(10_000)}) == 10_000
    assert mine.rider("Zoë") == again.rider("Zoë") != other.rider("Zoë")
    assert mine.rider(None) is None


def test_the_limit_of_this_test_is_not_left_behind():
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
