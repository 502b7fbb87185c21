"""A browser and a page in it, spoken to over a pipe in the DevTools protocol."""

import base64
import json
import os
import select
import subprocess
import sys
from pathlib import Path
from typing import Any

FLAGS = [  # it opens our page and asks nobody for anything: no name can be found at all
    "--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-proxy-server", "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
    "--disable-sync", "--no-first-run", "--no-pings", "--hide-scrollbars",
]  # fmt: skip
# The browser reads commands from 3 and writes answers to 4: put our two ends there, then become the browser.
BECOME = (
    "import os, sys\nends = [os.dup(int(end)) for end in sys.argv[1:3]]\n"
    "[os.dup2(os.dup2(end, 60 + at), 3 + at) for at, end in enumerate(ends)]\nos.execv(sys.argv[3], sys.argv[3:])"
)


class Browser:
    """One process, one tab. Every answer is waited for at most `PATIENCE` seconds."""

    PATIENCE = 30

    def __init__(self, path: str, home: Path) -> None:
        to_read, self._to = os.pipe()
        self._from, to_write = os.pipe()
        command = [sys.executable, "-c", BECOME, str(to_read), str(to_write), path, *FLAGS, f"--user-data-dir={home}"]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen([*command, "about:blank"], pass_fds=(to_read, to_write), **quiet)
        os.close(to_read)
        os.close(to_write)
        self._count, self._rest, self.events = 0, b"", []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.tell(f"{domain}.enable")

    def tell(self, method: str, **params: Any) -> dict[str, Any]:
        """A command to the tab; its answer."""
        return self.ask(method, session=self.session, **params)

    def ask(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """A command, and what it answers; what happens meanwhile goes to `events`."""
        self._count += 1
        said = {"id": self._count, "method": method, "params": params} | ({"sessionId": session} if session else {})
        os.write(self._to, json.dumps(said).encode() + b"\0")
        while (heard := self.hear()).get("id") != said["id"]:
            self.events.append(heard)
        assert "error" not in heard, f"{method}: {heard['error']}"
        return heard["result"]

    def hear(self) -> dict[str, Any]:
        """The next message."""
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._from], [], [], self.PATIENCE)
            more = os.read(self._from, 1 << 20) if ready else b""
            assert more, "the browser says nothing any more"
            self._rest += more
        first, _, self._rest = self._rest.partition(b"\0")
        return json.loads(first)

    def close(self) -> None:
        os.close(self._to)
        os.close(self._from)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Page:
    """A page that has been opened, at a size, by day or by night."""

    def __init__(self, browser: Browser, path: Path, width: int, height: int, scheme: str) -> None:
        self.browser, self.size = browser, (width, height)
        browser.events.clear()
        self.media(scheme=scheme)
        browser.tell(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )
        browser.tell("Page.navigate", url=path.resolve().as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in browser.events):
            browser.events.append(browser.hear())

    def media(self, scheme: str, kind: str = "screen") -> None:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.browser.tell("Emulation.setEmulatedMedia", media=kind, features=features)

    def run(self, script: str) -> Any:
        """What an expression gives, as JSON has it. A script that fails fails the test."""
        done = self.browser.tell("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def press(self, key: str, code: int) -> None:
        """A key, as a hand would press it."""
        for kind in ("rawKeyDown", "keyUp"):
            self.browser.tell("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def said(self) -> list[str]:
        """All that went to the console, and every script that failed."""
        loud = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")
        return [json.dumps(event["params"]) for event in self.browser.events if event.get("method") in loud]

    def asked(self) -> list[str]:
        """The addresses that were asked for."""
        sent = [event for event in self.browser.events if event.get("method") == "Network.requestWillBeSent"]
        return [event["params"]["request"]["url"] for event in sent]

    def picture(self, path: Path) -> None:
        """All of the page as PNG."""
        height = self.run("document.documentElement.scrollHeight")
        clip = {"x": 0, "y": 0, "width": self.size[0], "height": height, "scale": 1}
        made = self.browser.tell("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        path.write_bytes(base64.b64decode(made["data"]))
