"""Marks of the house, and one line for everything that was skipped.

slow: a minute or more; `make test-all` runs it. long: slow, and minutes more. real: needs real months in TRIPS_DIR.
These run where their file was born and not where it is carried; each_level: there too, since what it looks at differs.
With HOUSE_NO_SKIPS=1 (CI) a skipped test fails the run, except for real months where TRIPS_DIR is not set. With
HOUSE_ONCE=1 (the root's `make test`) other tests of a file that the level above has unchanged are left to that level;
`make -C LEVEL test` runs them everywhere.
"""

import os
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path

import pytest

LEVEL = "level[0-9]_*"
REAL = "real months: export TRIPS_DIR=$HOME/trips; python -m trips fetch 2020-03..2021-05 2023-01 2023-02 2025-11"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: a minute or more; run by make test-all")
    config.addinivalue_line("markers", "long: slow too, and several minutes; CI's last")
    config.addinivalue_line("markers", "each_level: slow or real, and run where its file is carried too")
    config.addinivalue_line("markers", "real: needs real months in TRIPS_DIR")


def is_same(path: Path, step: int) -> bool:
    """Whether the next level (step 1) or the one before (step -1) has the very same file at the same place."""
    level = next((folder for folder in path.parents if fnmatch(folder.name, LEVEL)), None)
    if level is None:
        return False
    levels = sorted(level.parent.glob(LEVEL))
    at = levels.index(level) + step
    other = levels[at] / path.relative_to(level) if 0 <= at < len(levels) else None
    return other is not None and other.is_file() and other.read_bytes() == path.read_bytes()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    files = {item.path for item in items}
    carried = {path for path in files if is_same(path, -1)}
    above = {path for path in files if is_same(path, 1)} if os.environ.get("HOUSE_ONCE") else set()

    def elsewhere(item: pytest.Item) -> bool:
        marks = {mark.name for mark in item.iter_markers()}
        return "each_level" not in marks and item.path in (carried if marks & {"slow", "real"} else above)

    if left_out := [item for item in items if elsewhere(item)]:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not elsewhere(item)]
    if not os.environ.get("TRIPS_DIR"):
        for item in items:
            if item.get_closest_marker("real"):
                item.add_marker(pytest.mark.skip(reason=REAL))


def skipped(reporter: pytest.TerminalReporter) -> Counter[str]:
    """Reasons of the skipped tests, and how many tests each."""
    reports = reporter.stats.get("skipped", [])
    return Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in reports)


def unwanted(reporter: pytest.TerminalReporter) -> bool:
    """Whether something was skipped that must not be."""
    return bool(os.environ.get("HOUSE_NO_SKIPS") and set(skipped(reporter)) - {REAL})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for reason, count in skipped(terminalreporter).items():
        terminalreporter.write_line(f"skipped {count}: {reason}")
    if unwanted(terminalreporter):
        terminalreporter.write_line("HOUSE_NO_SKIPS is set, and tests were skipped: the run fails")


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and unwanted(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
