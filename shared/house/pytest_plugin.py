"""Marks of the house, and one line for everything that was skipped.

slow: a minute or more; `make test-all` runs it, where its file was born and not where it is carried. real: needs real
months in TRIPS_DIR. With HOUSE_NO_SKIPS=1 (CI) a skipped test fails the run, except for real months where TRIPS_DIR is
not set.
"""

import os
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path

import pytest

REAL = "real months: export TRIPS_DIR=$HOME/trips; python -m trips fetch 2020-03..2021-05 2023-01 2023-02 2025-11"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: a minute or more; run by make test-all")
    config.addinivalue_line("markers", "real: needs real months in TRIPS_DIR")


def is_carried(path: Path) -> bool:
    """Whether the next lower level has the very same file at the same place."""
    levels = [folder for folder in path.parents if fnmatch(folder.name, "level[0-9]_*")]
    if not levels:
        return False
    level = levels[-1]
    lower = [folder for folder in sorted(level.parent.glob("level[0-9]_*")) if folder.name < level.name]
    below = lower[-1] / path.relative_to(level) if lower else None
    return below is not None and below.is_file() and below.read_bytes() == path.read_bytes()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    slow = [item for item in items if item.get_closest_marker("slow")]
    carried = {path for path in {item.path for item in slow} if is_carried(path)}
    elsewhere = [item for item in slow if item.path in carried]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]
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
