"""A copy of shared/ beside a tiny level, with a PATH of its own, where the real house/setup.sh is run."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[1]
LEFT_BEHIND = shutil.ignore_patterns(".*", "__pycache__", "var", "tests")
REAL_PYTHON = os.path.realpath(sys.executable)  # the one behind this environment, so that nothing leans on it
TOOLS = (
    "awk", "basename", "cat", "cksum", "date", "df", "dirname", "env", "grep", "id", "mkdir", "mktemp", "rm", "sed",
    "sh", "tail",
)  # fmt: skip
LOCKED = ("editables", "hatchling", "iniconfig", "packaging", "pathspec", "pluggy", "trove-classifiers")
PYPROJECT = """\
[project]
name = "tiny-level"
version = "0.1.0"
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[tool.hatch.build.targets.wheel]
packages = ["taxi"]
"""


def lock(*names: str) -> str:
    """The lines of shared's lock for these packages, hashes included."""
    text = (SHARED / "requirements.txt").read_text()
    return "".join(re.search(rf"^{name}==.*?(?=^[^ ]|\Z)", text, re.M | re.S)[0] for name in names)


def real_uv() -> str:
    """The uv that set up this environment."""
    own = SHARED / ".uv/bin/uv"
    return str(own) if own.exists() else shutil.which("uv")


def without(*prefixes: str) -> dict[str, str]:
    """This process's environment without the variables that start so."""
    return {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}


@dataclass
class Place:
    """bin/ is all there is on PATH; `python`, `system_uv` and `program` put things into it."""

    root: Path
    env: dict[str, str] = field(default_factory=lambda: without("PIP_", "PYTHON", "VIRTUAL_ENV") | {"UV_OFFLINE": "1"})

    @property
    def level(self) -> Path:
        return self.root / "level"

    def build(self) -> "Place":
        shutil.copytree(SHARED, self.root / "shared", ignore=LEFT_BEHIND)
        for folder in ("bin", "tmp", "level/taxi"):
            (self.root / folder).mkdir(parents=True)
        for tool in TOOLS:
            (self.root / "bin" / tool).symlink_to(shutil.which(tool))
        (self.level / "taxi/__init__.py").write_text("")
        (self.level / "pyproject.toml").write_text(PYPROJECT)
        (self.level / "requirements.txt").write_text(lock(*LOCKED))
        (self.level / "Makefile").write_text("include ../shared/house/level.mk\n")
        return self

    def program(self, name: str, text: str) -> Path:
        """An executable shell script, called by a name in bin/ or by a path from the root."""
        path = self.root / (name if "/" in name else f"bin/{name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return path

    def python(self, before: str = "") -> "Place":
        """python3: the real one, after the given lines of shell."""
        self.program("python3", f'{before}\nexec "{REAL_PYTHON}" "$@"')
        return self

    def own_uv(self) -> "Place":
        """The uv that an earlier set-up got."""
        self.program("shared/.uv/bin/uv", f'exec "{real_uv()}" "$@"')
        return self

    def system_uv(self, text: str, version: str = "0.13.9") -> "Place":
        """A uv on PATH that answers --version, writes down how it was called, and then does as `text` says."""
        answer = f'[ "$1" != --version ] || {{ echo "uv {version} (x86_64)"; exit 0; }}'
        self.program("uv", f'echo "$*" >>"{self.root}/calls"\n{answer}\n{text}')
        return self

    def calls(self) -> list[str]:
        """The first word of every call of the system's uv so far."""
        path = self.root / "calls"
        return [line.split()[0] for line in path.read_text().splitlines()] if path.exists() else []

    def setup(self, **env: str) -> subprocess.CompletedProcess[str]:
        shell = shutil.which("dash") or "sh"  # the strictest there is
        return self.run(shell, str(self.root / "shared/house/setup.sh"), **env)

    def run(self, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
        full = self.env | {"PATH": str(self.root / "bin"), "TMPDIR": str(self.root / "tmp")} | env
        return subprocess.run(command, cwd=self.level, env=full, capture_output=True, text=True, timeout=1200)

    def no_network(self) -> "Place":
        """Every index is a port where nobody listens, and nothing is cached."""
        nowhere = "http://127.0.0.1:9/simple"
        self.env = without("PIP_", "UV_", "PYTHON", "VIRTUAL_ENV") | {
            "PIP_INDEX_URL": nowhere, "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0",
            "UV_INDEX_URL": nowhere, "UV_DEFAULT_INDEX": nowhere, "UV_NO_CONFIG": "1", "UV_HTTP_RETRIES": "0",
            "UV_CACHE_DIR": str(self.root / "cache"), "NO_PROXY": "127.0.0.1",
        }  # fmt: skip
        return self


def wheel_of_uv(folder: Path) -> None:
    """What pip would download: a wheel whose script `uv` is the real one, in the version that setup.sh asks for."""
    version = re.search(r"^UV_VERSION=(.*)$", (SHARED / "house/setup.sh").read_text(), re.M)[1]
    info, script = f"uv-{version}.dist-info", f'#!/bin/sh\nexec "{real_uv()}" "$@"\n'
    files = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: uv\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": "",
        f"uv-{version}.data/scripts/uv": script,
    }
    folder.mkdir()
    with zipfile.ZipFile(folder / f"uv-{version}-py3-none-any.whl", "w") as wheel:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o100755 << 16  # a plain file that may be executed: pip gives that right to none
            wheel.writestr(entry, text)


def need(module: str, package: str) -> None:
    """Skip where the Python behind this environment lacks a module that its system packages apart."""
    if subprocess.run([REAL_PYTHON, "-c", f"import {module}"], capture_output=True).returncode:
        pytest.skip(f"{REAL_PYTHON} has no {module}: sudo apt-get install -y {package}")
