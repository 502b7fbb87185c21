"""A real browser for the tests of pages: one that is here, or a reason to skip.

A pytest plugin: a test module that has a page to open says `pytest_plugins = ["browser"]`, and takes `visit`.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from devtools import Browser, Page

VARIABLE = "TAXI_BROWSER"
NAMES = ("chromium-headless-shell", "chromium", "google-chrome")
PLAYWRIGHT = "ms-playwright/chromium_headless_shell-*/*/*headless*shell"  # where the levels' tests bring one


@pytest.fixture(scope="module")
def browser(tmp_path_factory) -> Iterator[Browser]:
    """A headless browser, closed afterwards. Skips, naming the command that brings one, where there is none."""
    path = found()
    if path is None:
        pytest.skip(f"no browser for the page: {remedy()}")
    browser = Browser(path, tmp_path_factory.mktemp("browser"))
    yield browser
    browser.close()


@pytest.fixture
def visit(browser):
    """Opens a file; nothing may have been asked for but that file."""
    opened: list[Page] = []

    def open_page(path: Path, width: int = 1200, height: int = 900, scheme: str = "light") -> Page:
        opened.append(Page(browser, path, width, height, scheme))
        return opened[-1]

    yield open_page
    assert {url for page in opened for url in page.asked() if not url.startswith(("file:", "data:"))} == set()


def found() -> str | None:
    """The one in TAXI_BROWSER (then no other), one on the PATH, one that a level's tests brought."""
    if chosen := os.environ.get(VARIABLE):
        return chosen
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return next(filter(None, map(shutil.which, NAMES)), None) or next(map(str, cache.glob(PLAYWRIGHT)), None)


def remedy() -> str:
    """The command that brings a browser to this machine."""
    if shutil.which("apt-get") is None:
        return "python -m playwright install chromium --only-shell, with any level's python"
    sudo = "sudo " if os.geteuid() else ""
    return f"{sudo}apt-get install -y --no-install-recommends {NAMES[0]}"
