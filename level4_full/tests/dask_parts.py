"""A Dask cluster on loopback, as somebody would start it: `dask scheduler`, `dask worker`. Ended by pid."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import distributed

LEVEL = Path(__file__).parents[1]
DASK = Path(sys.executable).with_name("dask")
START_SECONDS = 60


@dataclass
class Parts:
    """The processes of a cluster; each with its nanny and worker, or alone, is a process group of its own."""

    folder: Path
    environment: dict[str, str]
    address: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_scheduler(self) -> None:
        file = self.folder / "scheduler.json"
        self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
        end = time.monotonic() + START_SECONDS
        while not file.exists() or not file.read_text().endswith("}"):
            assert time.monotonic() < end, self.log()
            time.sleep(0.1)
        self.address = json.loads(file.read_text())["address"]

    def start_worker(self, nanny: bool = True) -> subprocess.Popen[bytes]:
        place = self.folder / f"worker{len(self.processes)}"
        options = ("--host", "127.0.0.1", "--nthreads", "1", "--nanny" if nanny else "--no-nanny", "--no-dashboard")
        return self._start("worker", self.address, *options, "--local-directory", str(place))

    def lose(self, number: int) -> None:
        """The machine of a worker (1, 2) or of the scheduler (0) is gone, with all that runs there."""
        os.killpg(self.processes[number].pid, signal.SIGKILL)

    def kill_worker(self) -> None:
        """Only the process that works: its nanny is left, and starts another one."""
        with distributed.Client(self.address, set_as_default=False) as watch:
            os.kill(next(iter(watch.run(os.getpid, nanny=False).values())), signal.SIGKILL)

    def end(self) -> None:
        """Workers before the scheduler; whoever does not listen is killed."""
        for process in reversed(self.processes):
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def log(self) -> str:
        return "\n".join(path.read_text()[-3000:] for path in sorted(self.folder.glob("*.log")))

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        log = self.folder / f"{len(self.processes)}-{words[0]}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [DASK, *words], stdout=file, stderr=file, cwd=LEVEL, env=self.environment, start_new_session=True
            )
        self.processes.append(process)
        return process


@contextmanager
def cluster(folder: Path, workers: int = 2, nanny: bool = True, **environment: str) -> Iterator[Parts]:
    """A scheduler and its workers, on free ports; ended afterwards, whatever happened."""
    parts = Parts(folder, {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(LEVEL), **environment})
    try:
        parts.start_scheduler()
        for _ in range(workers):
            parts.start_worker(nanny)
        yield parts
    finally:
        parts.end()
