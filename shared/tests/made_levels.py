"""Small made-up levels in a temporary folder, for the tests of what changed between levels and what they cost."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import typer
from click.testing import Result
from typer.testing import CliRunner

from yardstick.diff import diff_command

LOWER = {
    "README.md": "# Lower\n\nread me\n",
    "train.py": '"""Train it."""\nfit()\nkeep()\n',
    "same.py": '"""The same."""\n',
    "old_name.py": "# kept under another name\nx = 1\n",
    "taxi/model.py": '"""The model."""\n',
    "picture.bin": b"\0\1\2",
    "requirements.txt": "# made by a tool\nnumpy==2.4 \\\n    --hash=sha256:ab\n",
}
HIGHER = {
    "README.md": "# Higher\n\nread me\n",
    "train.py": '"""Train it,\nand write it down."""\nfit()\nregister()\nkeep()\n',
    "same.py": '"""The same."""\n',
    "new_name.py": "# kept under another name\nx = 1\n",
    "taxi/model.py": '"""The model."""\n',
    "taxi/loop/größe.py": "x = 1\n\n\ny = 2",
    "taxi/loop/__init__.py": "",
    "tests/test_train.py": '"""It trains."""\n',
    "exercises/answer.py": "# Your answer.\n",
    "picture.bin": b"\0\1\3",
    "ops/rules.yml": "# Who is told?\nrules: []\n",
    "requirements.txt": "numpy==2.4 \\\n    --hash=sha256:ab\nmlflow==3.17 \\\n    --hash=sha256:cd\n",
}


def fill(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write files, named by path inside the folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def two_levels(root: Path) -> list[Path]:
    return [fill(root / "level2_low", LOWER), fill(root / "level3_high", HIGHER)]


def notebook(*cells: tuple[str, str]) -> str:
    """As Jupyter stores it. cells: "code" or "markdown", and the text."""
    return json.dumps({"cells": [{"cell_type": kind, "source": text.splitlines(True)} for kind, text in cells]})


def git(folder: Path, *words: str) -> bytes:
    """What git prints, whatever it ends with, under nobody's settings."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    env |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return subprocess.run(["git", "-C", str(folder), *words], capture_output=True, env=env, check=False).stdout


def run(command: Callable[..., None], root: Path, *words: str, env: dict[str, str] | None = None) -> Result:
    """A command as __main__ registers it, on the levels in `root`."""
    app = typer.Typer()
    app.command()(command)
    plain = {"FORCE_COLOR": None, "TTY_COMPATIBLE": None}  # as a build server may set them
    return CliRunner().invoke(app, [*words, "--root", str(root)], env=plain | (env or {}))


def diff(root: Path, *words: str, env: dict[str, str] | None = None) -> Result:
    return run(diff_command, root, *words, env=env)
