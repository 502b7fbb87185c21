"""A real browser for the tests of pages: the one that is here, or one that can be brought, or a reason to skip.

A pytest plugin: a test module that has pages to open says `pytest_plugins = ["browser"]`, and takes `visit`.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserType, Error, sync_playwright

VARIABLE = "TAXI_BROWSER"
NAMES = ("chromium-headless-shell", "chromium", "google-chrome")
DOWNLOAD = [sys.executable, "-m", "playwright", "install", "chromium", "--only-shell"]
PACKAGE = ["apt-get", "install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=60", NAMES[0]]
FLAGS = [  # it opens our page and asks nobody for anything: no name but the loopback's can be found at all
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--no-proxy-server", "--disable-background-networking", "--disable-component-update",
    "--disable-domain-reliability", "--disable-sync", "--no-first-run", "--no-pings",
]  # fmt: skip


@pytest.fixture(scope="module")  # its event loop runs as long as it is there: no test of asyncio may come in between
def browser() -> Iterator[Browser]:
    """A headless browser, closed afterwards. Skips, naming the command that brings one, where there is none."""
    with sync_playwright() as playwright:
        found = launched(playwright.chromium) or brought(playwright.chromium)
        if found is None:
            pytest.skip(f"no browser for the page: {remedy()}")
        yield found
        found.close()


@pytest.fixture
def visit(browser, service):
    """Opens the service's page, once it says what serves; it may have asked nobody but the service for anything."""
    asked, contexts = [], []

    def open_page(heard=lambda text: None, **options):
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: heard(message.text))
        page.on("pageerror", lambda error: heard(str(error)))
        page.goto(service.url)
        page.locator("#serves dd").first.wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith((service.url, "data:"))] == []


def launched(chromium: BrowserType) -> Browser | None:
    """The first that starts: the one in TAXI_BROWSER (then no other), playwright's own, one on the PATH."""
    if chosen := os.environ.get(VARIABLE):
        return launch(chromium, chosen)
    for path in (None, *filter(None, map(shutil.which, NAMES))):
        try:
            return launch(chromium, path)
        except Error:
            continue  # not installed, or it lacks a library: the next may have it
    return None


def launch(chromium: BrowserType, path: str | None) -> Browser:
    """One browser, without the sandbox that root and many containers cannot have. Raises Error when it cannot start."""
    return chromium.launch(executable_path=path, args=FLAGS, chromium_sandbox=False, timeout=30_000)


def brought(chromium: BrowserType) -> Browser | None:
    """Bring one, within a bounded time: playwright's download, then as root the system's package."""
    if run(DOWNLOAD, 120) and (found := launched(chromium)):
        return found
    if os.geteuid() or shutil.which("apt-get") is None:
        return None
    if run(PACKAGE, 300) or (run(["apt-get", "update"], 90) and run(PACKAGE, 300)):
        return launched(chromium)
    return None


def run(command: list[str], seconds: float) -> bool:
    """Whether a command succeeded in time; what it started is ended with it."""
    env = os.environ | {"PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "5000", "DEBIAN_FRONTEND": "noninteractive"}
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = subprocess.Popen(command, env=env, start_new_session=True, **quiet)
    try:
        return started.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        os.killpg(started.pid, signal.SIGTERM)
        started.wait()
        return False


def remedy() -> str:
    """The command that brings a browser to this machine."""
    if shutil.which("apt-get") is None:
        return ".venv/bin/playwright install chromium --only-shell"
    sudo = "sudo " if os.geteuid() else ""
    return f"{sudo}apt-get install -y --no-install-recommends {NAMES[0]}"
