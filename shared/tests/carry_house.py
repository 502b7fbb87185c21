"""A made-up house of levels in a temporary folder, for the tests of carry."""

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from carry.__main__ import main
from carry.history import STEERING

LEVELS = ("level0_notebook", "level1_devops", "level2_training")


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class House:
    """Files are named from the root: house.write("level1_devops/serve.py", "text")."""

    root: Path

    def fill(self, files: dict[str, str]) -> "House":
        """Write the same files at three levels, and an empty pyproject."""
        for level in LEVELS:
            for path, text in (files | {"pyproject.toml": ""}).items():
                self.write(f"{level}/{path}", text)
        return self

    def write(self, name: str, text: str, executable: bool = False) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        path.chmod(0o755 if executable else 0o644)

    def read(self, name: str) -> str:
        return (self.root / name).read_bytes().decode()

    def declare(self, level: str, changes: dict[str, str] | None = None, drops: tuple[str, ...] = ()) -> None:
        """Write the level's pyproject."""
        table = "".join(f'"{path}" = "{stamp}"\n' for path, stamp in (changes or {}).items())
        self.write(f"{level}/pyproject.toml", f"[tool.carry]\ndrops = {list(drops)}\n[tool.carry.changes]\n{table}")

    def carry(self, command: str, *words: str) -> int:
        return main([command, "--root", str(self.root), *words])

    def git(self, *words: str) -> None:
        who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
        env = {key: value for key, value in os.environ.items() if key not in STEERING}
        subprocess.run(["git", "-C", str(self.root), *who, *words], check=True, capture_output=True, env=env)

    def commit(self) -> None:
        """Commit everything there is; the first time, make the repository."""
        if not shutil.which("git"):
            pytest.skip("git is not installed: install it, and this test runs")
        self.git("init", "-q")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "as it is")
