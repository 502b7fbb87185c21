"""A version is taken back within five seconds while riders ask; and the drill fails when it is not."""

import time

import drill
import pytest
from verbs import verb


def test_taken_back_under_load_it_is_not_heard_five_seconds_later(routed):
    done = verb("drill.py", "--seconds", "1", TAXI_STATE=str(routed.state))
    assert done.returncode == 0, done.stdout + done.stderr
    assert ", 0 failed;" in done.stdout


def test_a_drill_that_takes_too_long_or_fails_is_told(capsys):
    now = time.monotonic()
    good = [(now - 1, "2"), (now + 0.4, "2"), (now + 1, "1")]
    drill.judge(good, now)
    for bad in ([*good, (now + 5.5, "2")], [*good, (now, "HTTPError")], good[:2], good[2:]):
        with pytest.raises(SystemExit) as ended:
            drill.judge(bad, now)
        assert ended.value.code == 1
    assert "last heard 5.50 s" in capsys.readouterr().out


def test_without_two_models_it_says_where_they_come_from(tmp_path):
    done = verb("drill.py", TAXI_STATE=str(tmp_path))
    assert done.returncode == 2
    assert "make tour" in done.stderr
