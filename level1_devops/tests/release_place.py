"""A copy of the course as a clone would be: what git holds of this level and of shared/, and a small model."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from taxi.settings import LEVEL as NAME

LEVEL, RELEASE = Path(__file__).parents[1], NAME.split("-")[0]
MADE = shutil.ignore_patterns(".*", "__pycache__", "var", "dist", "build", "tests", "*.egg-info")
TRIP = {"pickup_zone": 74, "dropoff_zone": 42, "distance_miles": 2.6, "pickup_at": "2021-02-01T08:15:00"}
CHANGELOG = """\
# Changelog

## Unreleased

- To come.

## level9 {version} (2026-08-02)

- Another level.

## LEVEL {version} (2026-08-01)

- The first release.
- It serves.

## LEVEL 0.0.1 (2026-07-01)

- A trial.
""".replace("LEVEL", RELEASE)


def own_uv() -> str:
    """The uv that set up this environment."""
    own = LEVEL.parent / "shared/.uv/bin/uv"
    return str(own) if own.exists() else str(shutil.which("uv"))


@dataclass(frozen=True)
class Place:
    """A level, copied to root with shared/ beside it."""

    root: Path

    @property
    def level(self) -> Path:
        return self.root / LEVEL.name

    @property
    def version(self) -> str:
        return re.search(r'^version = "(.*?)"', (self.level / "pyproject.toml").read_text(), re.MULTILINE)[1]

    def build(self) -> "Place":
        for folder in (LEVEL, LEVEL.parent / "shared"):
            shutil.copytree(folder, self.root / folder.name, ignore=MADE)
        (self.root / "CHANGELOG.md").write_text(CHANGELOG.format(version=self.version))
        return self

    def with_model(self, file: Path) -> "Place":
        (self.level / "var").mkdir()
        shutil.copy(file, self.level / "var")
        return self

    def run(self, script: str, *words: str) -> subprocess.CompletedProcess[str]:
        """A script of the copy, with the tools of this environment."""
        env = os.environ | {
            "PATH": f"{Path(own_uv()).parent}{os.pathsep}{os.environ['PATH']}",
            "TMPDIR": str(self.root),
        }
        command = [sys.executable, script, *words]
        return subprocess.run(command, cwd=self.level, env=env, capture_output=True, text=True, timeout=1200)

    def change(self, file: str, old: str, new: str) -> None:
        """A mistake that somebody could make."""
        path = self.level / file
        text = path.read_text()
        assert re.search(old, text, re.MULTILINE), f"{file} has no {old}"
        path.write_text(re.sub(old, new, text, count=1, flags=re.MULTILINE))

    def files(self) -> set[str]:
        return {path.relative_to(self.root).as_posix() for path in self.root.rglob("*") if path.is_file()}
