"""The levels as they lie on disk: which files each holds, and what it declares in its pyproject."""

import hashlib
import os
import stat
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from itertools import pairwise
from pathlib import Path
from typing import Any

OWN = ("README.md", "pyproject.toml", "requirements.txt", "requirements-image.txt", "Makefile", "lesson.ipynb")
OWN_FOLDER = "exercises/"
IGNORED = (  # names of files and folders that are made, not written; at any depth
    ".venv", ".uv", ".boot", ".tools", "var", "dist", "build", "*.egg-info", "__pycache__", "*.pyc", ".*cache",
    ".hypothesis", ".ipynb_checkpoints", ".coverage", ".coverage.*", "coverage.xml", "htmlcov", "*.pkl", "*.part",
    ".DS_Store", ".git", ".env", ".idea", ".vscode", ".#*", "*~", "*.swp",
)  # fmt: skip
KEYS = ("changes", "drops")


class CarryError(Exception):
    """A mistake of the person who runs it; its text says what to do."""


@dataclass(frozen=True)
class File:
    """What has to be the same in a copy."""

    sha256: str
    executable: bool = False


@dataclass(frozen=True)
class Level:
    """A level's files that can be carried, by path inside the level, and its declarations about the level below.

    changes: path to the sha256 of the lower level's file it was written against. drops: paths it leaves out.
    """

    name: str
    tree: dict[str, File]
    changes: dict[str, str]
    drops: tuple[str, ...]

    @property
    def number(self) -> int:
        """3 for level3_deployment."""
        return int(self.name[len("level")])


def is_own(path: str) -> bool:
    """Whether every level writes its own file of this path. README.md is; taxi/README.md is not."""
    return path in OWN or path.startswith(OWN_FOLDER)


def is_ignored(name: str) -> bool:
    """Whether a file or folder of this name is generated."""
    return any(fnmatchcase(name, pattern) for pattern in IGNORED)


def read_levels(root: Path) -> list[Level]:
    """The levels in `root`, lowest first. Raises CarryError: none there, two of a number, bad declarations, a link."""
    folders = level_folders(root)
    if not folders:
        raise CarryError(f"no level folders (level0_..., level1_...) in {root}. Name the folder above: --root DIR")
    levels = [Level(folder.name, _tree(folder), *declarations(folder / "pyproject.toml")) for folder in folders]
    for one, other in pairwise(levels):
        if one.number == other.number:
            raise CarryError(f"{one.name} and {other.name} are both level {one.number}. Rename or remove one")
    return levels


def level_folders(root: Path) -> list[Path]:
    """The folders level[0-9]_* of `root`, lowest first; none when root is no folder."""
    return sorted(path for path in root.glob("level[0-9]_*") if path.is_dir())


def read_toml(path: Path) -> tuple[str, dict[str, Any]]:
    """The text of a TOML file, line ends untouched, and what it says. Raises CarryError when it is not TOML."""
    try:
        text = path.read_bytes().decode("utf-8")
        return text, tomllib.loads(text.replace("\r\n", "\n"))
    except ValueError as error:  # also what bad UTF-8 raises
        raise CarryError(f"{_short(path)} is not TOML: {error}. Mend it") from error


def declarations(pyproject: Path) -> tuple[dict[str, str], tuple[str, ...]]:
    """Changes and drops of [tool.carry]; none without a pyproject. Raises CarryError on what cannot be meant."""
    if not pyproject.is_file():
        return {}, ()
    table = read_toml(pyproject)[1].get("tool", {}).get("carry", {})
    where = f"{_short(pyproject)}, [tool.carry]"
    for key in table:
        if key not in KEYS:
            near = get_close_matches(key, KEYS, n=1, cutoff=0) or KEYS
            raise CarryError(f"{where}: no setting is called {key!r}. Did you mean {near[0]!r}?")
    changes, drops = table.get("changes", {}), table.get("drops", [])
    if not isinstance(changes, dict) or not all(isinstance(value, str) for value in changes.values()):
        raise CarryError(f'{where}: changes is no table of files. Write a line "FILE" = "SHA256" for each')
    if not isinstance(drops, list) or not all(isinstance(path, str) for path in drops):
        raise CarryError(f'{where}: drops is no list of files. Write drops = ["FILE"]')
    return changes, tuple(drops)


def _short(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _tree(folder: Path) -> dict[str, File]:
    tree = {}
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_ignored(name))  # in place: .venv is never entered
        for name in sorted([*folders, *names]):
            path = Path(here, name)
            inside = path.relative_to(folder).as_posix()
            if is_ignored(name) or is_own(inside):
                continue
            if path.is_symlink():
                raise CarryError(f"{folder.name}/{inside} is a link, and a level stands alone. Put a file there")
            if path.is_file():
                tree[inside] = _file(path)
    return tree


def _file(path: Path) -> File:
    return File(hashlib.sha256(path.read_bytes()).hexdigest(), bool(path.stat().st_mode & stat.S_IXUSR))
