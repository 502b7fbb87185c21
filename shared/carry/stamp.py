"""Declaring a change: the lower file's sha256 goes into the upper level's pyproject, whose other lines stay."""

import json
import re
import tomllib
from pathlib import Path, PurePosixPath

from carry.decide import pairs
from carry.files import write
from carry.levels import CarryError, Level, is_own, read_levels, read_toml

HEADER = re.compile(r"\s*\[")
CHANGES = re.compile(r"\s*\[\s*tool\s*\.\s*carry\s*\.\s*changes\s*\]\s*(#.*)?$")
CARRY = re.compile(r"\s*\[\s*tool\s*\.\s*carry\s*\]\s*(#.*)?$")
INLINE = re.compile(r"\s*changes\s*=\s*\{.*\}\s*(#.*)?$")


def stamp(root: Path, level: str, files: list[str]) -> list[str]:
    """Declare `files` of `level` as changed on purpose from what the level below holds now; a line for each.

    level: a folder's name, "level2_training". files: paths inside it. All are stamped or none. Raises CarryError for
    a file that either level lacks, one that is the same at both, and a pyproject that is missing or too unusual.
    """
    lower, upper = _neighbours(root, level)
    paths = [PurePosixPath(file.removeprefix(f"{upper.name}/")).as_posix() for file in files]
    stamps = {path: _digest(path, lower, upper) for path in paths}
    pyproject = root / upper.name / "pyproject.toml"
    if not pyproject.is_file():
        raise CarryError(f"{upper.name}/pyproject.toml is missing. Write it first: the declaration goes there")
    text, _ = read_toml(pyproject)
    new = declare(text, stamps)
    if new != text:
        write(pyproject, new.encode("utf-8"), mode_of=pyproject)
    return [f"{upper.name}/{path}: written against {lower.name}/{path} ({stamps[path][:12]})" for path in stamps]


def declare(text: str, stamps: dict[str, str]) -> str:
    """A pyproject's text with these changes declared under [tool.carry.changes]; everything else is kept.

    Raises CarryError when the text declares its changes in a way that a line cannot be put into.
    """
    if "\r\n" in text:
        return declare(text.replace("\r\n", "\n"), stamps).replace("\n", "\r\n")
    wanted = tomllib.loads(text)
    changes = wanted.setdefault("tool", {}).setdefault("carry", {}).setdefault("changes", {})
    changes.update(stamps)
    lines = _with_table(text.split("\n"), {path: digest for path, digest in changes.items() if path not in stamps})
    for path, digest in stamps.items():
        _put(lines, path, digest)
    new = "\n".join(lines)
    if _parsed(new) != wanted:  # a dotted key, a header inside a string: rather refuse than break the file
        by_hand = ", ".join(_line(path, digest) for path, digest in stamps.items())
        raise CarryError(f"cannot edit [tool.carry.changes] as it is written here. Add by hand: {by_hand}")
    return new


def _neighbours(root: Path, name: str) -> tuple[Level, Level]:
    levels, name = read_levels(root), Path(name).name
    if name not in [level.name for level in levels]:
        raise CarryError(f"no level is called {name!r}. Choose one of: {', '.join(level.name for level in levels)}")
    for lower, upper in pairs(levels):
        if upper.name == name:
            return lower, upper
    raise CarryError(f"the level below {name} is not here, so it has nothing to be stamped against. Stamp another")


def _digest(path: str, lower: Level, upper: Level) -> str:
    if is_own(path):
        raise CarryError(f"{path} is every level's own. It needs no stamp: leave it out")
    for level in (lower, upper):
        if path not in level.tree:
            raise CarryError(f"{level.name} has no {path}. Only a file that both levels have can be stamped")
    if lower.tree[path] == upper.tree[path]:
        raise CarryError(f"{path} is the same at {lower.name} and {upper.name}. It needs no stamp: leave it out")
    return lower.tree[path].sha256


def _with_table(lines: list[str], others: dict[str, str]) -> list[str]:
    """The lines with a [tool.carry.changes] header in them; an inline table is turned into lines below one."""
    if any(CHANGES.match(line) for line in lines):
        return lines
    table = ["[tool.carry.changes]", *(_line(path, digest) for path, digest in others.items())]
    start = next((i for i, line in enumerate(lines) if CARRY.match(line)), None)
    if start is None:
        return [*_trimmed(lines), "", *table, ""]
    end = _end(lines, start)
    section = [line for line in lines[start:end] if not INLINE.match(line)]
    comments = [match[1] for line in lines[start:end] if (match := INLINE.match(line)) and match[1]]
    return [*lines[:start], *_trimmed(section), "", *comments, *table, "", *lines[end:]]


def _put(lines: list[str], path: str, digest: str) -> None:
    """Write the line of one file: in place of its old one, or after the last of the table."""
    start = next((i for i, line in enumerate(lines) if CHANGES.match(line)), len(lines))
    end = _end(lines, start)
    for i in range(start + 1, end):
        entry = _parsed(lines[i])
        if entry and path in entry:
            lines[i] = lines[i].replace(str(entry[path]), digest) if entry[path] else _line(path, digest)
            return
    lines.insert(start + len(_trimmed(lines[start:end])), _line(path, digest))


def _end(lines: list[str], start: int) -> int:
    """Where the section that begins at `start` ends: the next header, or the end of the file."""
    return next((i for i in range(start + 1, len(lines)) if HEADER.match(lines[i])), len(lines))


def _trimmed(lines: list[str]) -> list[str]:
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines


def _line(path: str, digest: str) -> str:
    return f"{json.dumps(path, ensure_ascii=False)} = {json.dumps(digest)}"


def _parsed(text: str) -> dict[str, object] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
