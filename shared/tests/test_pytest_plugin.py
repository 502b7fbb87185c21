"""The marks of the house: what is skipped says why, once, and where skips are not allowed it fails the run."""

import pytest

from house.pytest_plugin import REAL

pytest_plugins = ("pytester",)
PLAIN = "def test_plain(): pass\n"
REAL_TEST = "import pytest\n@pytest.mark.real\ndef test_real(): pass\n"
SKIPS = """
import pytest
@pytest.mark.parametrize("n", range(3))
def test_browser(n): pytest.skip("no browser: make browser")
@pytest.mark.skip(reason="no compose: install docker")
def test_compose(): pass
"""


@pytest.fixture
def run(pytester, monkeypatch):
    """Run a test file of its own, as `python -m pytest -q` does, and give the result; variables as given."""

    def run(text: str, *args: str, trips_dir: str = "", no_skips: str = "", once: str = ""):
        monkeypatch.setenv("TRIPS_DIR", trips_dir)
        monkeypatch.setenv("HOUSE_NO_SKIPS", no_skips)
        monkeypatch.setenv("HOUSE_ONCE", once)
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # hypothesis takes a second to start
        pytester.makepyfile(text)
        return pytester.runpytest("-q", "-p", "taxi-house", *args)

    return run


def skip_lines(result) -> list[str]:
    return [line for line in result.outlines if line.startswith("skipped ")]


def test_real_months_are_skipped_with_the_command_that_brings_them(run):
    result = run(PLAIN + REAL_TEST)
    result.assert_outcomes(passed=1, skipped=1)
    assert skip_lines(result) == [f"skipped 1: {REAL}"]
    assert "python -m trips fetch" in REAL


def test_real_months_are_used_where_they_are(run, tmp_path):
    result = run(PLAIN + REAL_TEST, trips_dir=str(tmp_path))
    result.assert_outcomes(passed=2)
    assert skip_lines(result) == []


def test_a_reason_is_one_line_however_many_tests_it_keeps(run):
    """Skipped by the mark or within the test, it is counted alike; nobody scrolls through repetitions."""
    result = run(SKIPS)
    result.assert_outcomes(skipped=4)
    lines = {"skipped 1: no compose: install docker", "skipped 3: no browser: make browser"}
    assert set(skip_lines(result)) == lines
    assert len(skip_lines(result)) == 2
    assert result.ret == pytest.ExitCode.OK


def test_a_skipped_module_is_counted(run):
    """Skipped while collecting, before there is a test."""
    result = run("import pytest\npytest.skip('not on this system', allow_module_level=True)\n")
    assert skip_lines(result) == ["skipped 1: not on this system"]


def test_a_skip_fails_the_run_where_skips_are_not_allowed(run):
    """CI installs everything: a skipped test there is a test that nobody runs."""
    result = run(PLAIN + SKIPS, no_skips="1")
    result.assert_outcomes(passed=1, skipped=4)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["HOUSE_NO_SKIPS is set, and tests were skipped*"])


def test_two_processes_count_the_same_skips(run):
    """As `make test` runs them."""
    result = run(PLAIN + SKIPS, "-p", "xdist", "-n", "2", no_skips="1")
    result.assert_outcomes(passed=1, skipped=4)
    lines = {"skipped 1: no compose: install docker", "skipped 3: no browser: make browser"}
    assert set(skip_lines(result)) == lines
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_real_months_may_be_skipped_even_there(run):
    """They are not CI's to have."""
    result = run(PLAIN + REAL_TEST, no_skips="1")
    result.assert_outcomes(passed=1, skipped=1)
    assert result.ret == pytest.ExitCode.OK


def test_a_failure_stays_a_failure_and_a_clean_run_stays_clean(run):
    assert run("def test_bad(): assert False\n", no_skips="1").ret == pytest.ExitCode.TESTS_FAILED
    assert run(PLAIN, no_skips="1").ret == pytest.ExitCode.OK


def test_the_marks_are_known(run):
    """A misspelt mark is an error, ours are not."""
    slow = "import pytest\n@pytest.mark.slow\ndef test_slow(): pass\n"
    assert run(slow, "--strict-markers").ret == pytest.ExitCode.OK
    assert run(slow.replace("slow\n", "slwo\n"), "--strict-markers").ret == pytest.ExitCode.INTERRUPTED
    run(slow, "-m", "not slow").assert_outcomes(deselected=1)


def test_a_slow_test_runs_where_it_was_born_and_not_where_it_is_carried(run, pytester):
    """The same file at the same place of the next lower level; a changed one is of this level, and fast ones run."""
    slow = PLAIN + "import pytest\n@pytest.mark.slow\ndef test_slow(): pass\n"
    lower, upper = (pytester.mkdir(name) for name in ("level1_a", "level2_b"))
    (lower / "test_one.py").write_text(slow)
    (upper / "test_one.py").write_text(slow)
    (upper / "test_two.py").write_text(slow)
    run(PLAIN, str(lower)).assert_outcomes(passed=2)
    run(PLAIN, str(upper / "test_one.py")).assert_outcomes(passed=1, deselected=1)
    run(PLAIN, str(upper / "test_two.py")).assert_outcomes(passed=2)
    each = slow.replace("def test_slow", "@pytest.mark.each_level\ndef test_slow")
    for level in (lower, upper):
        (level / "test_three.py").write_text(each)
    run(PLAIN, str(upper / "test_three.py")).assert_outcomes(passed=2)
    (upper / "test_one.py").write_text(slow + "# changed\n")
    run(PLAIN, str(upper / "test_one.py")).assert_outcomes(passed=2)


def test_real_months_are_lived_where_the_test_was_born_whoever_runs_it(run, pytester, tmp_path):
    """Left to the level below by the one above, and not the other way by the root's `make test`, too."""
    lower, upper = (pytester.mkdir(name) for name in ("level1_a", "level2_b"))
    for level in (lower, upper):
        (level / "test_one.py").write_text(REAL_TEST)
    for once in ("", "1"):
        run(PLAIN, str(lower), trips_dir=str(tmp_path), once=once).assert_outcomes(passed=1)
        run(PLAIN, str(upper), trips_dir=str(tmp_path), once=once).assert_outcomes(deselected=1)


def test_a_file_that_levels_share_is_tested_at_the_highest(run, pytester):
    """By the root's `make test`; `make -C LEVEL test` runs it everywhere."""
    levels = [pytester.mkdir(name) for name in ("level1_a", "level2_b", "level3_c")]
    for level in levels:
        (level / "test_one.py").write_text(PLAIN)
        (level / "test_two.py").write_text(PLAIN + f"# {level.name}\n")
    for level in levels:
        run(PLAIN, str(level)).assert_outcomes(passed=2)
    for level, passed in zip(levels, (1, 1, 2), strict=True):
        run(PLAIN, str(level), once="1").assert_outcomes(passed=passed, deselected=2 - passed)
