"""What changed between levels: files and lines, in words and in figures. Levels are folders; nothing is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Annotated, Literal

import typer

from carry.__main__ import find_root
from yardstick.about import about
from yardstick.diff_lines import counts, split
from yardstick.mistakes import Mistake, told
from yardstick.tree import Tree, group_of, is_binary, is_counted, level_called, levels_in, rank, read


@dataclass(frozen=True)
class Change:
    """One file that two levels do not have alike. plus, minus: lines, 0 for what is no text.

    A file with another name is one dropped and one added: levels rename nothing.
    """

    path: str
    kind: Literal["added", "changed", "dropped"]
    plus: int
    minus: int
    group: str  # as tree.group_of has it
    about: str  # what the file is, as the higher level has it


@dataclass(frozen=True)
class Row:
    """A pair of levels in figures: files of every kind, and lines without tests, lessons and locks."""

    lower: str
    higher: str
    added: int
    changed: int
    dropped: int
    plus: int
    minus: int


def compare(lower: Tree, higher: Tree) -> list[Change]:
    """What differs, in reading order: verbs, rooms, tests, lesson, the rest, locks; by path within each."""
    paths = [path for path in lower.keys() | higher.keys() if lower.get(path) != higher.get(path)]
    return [_change(path, lower.get(path), higher.get(path)) for path in sorted(paths, key=_place)]


def row(lower: str, higher: str, changes: Iterable[Change]) -> Row:
    """Sums of the changes between two levels of these names."""
    changes = list(changes)
    added, changed, dropped = (sum(one.kind == kind for one in changes) for kind in ("added", "changed", "dropped"))
    own = [one for one in changes if is_counted(one.path)]
    plus, minus = sum(one.plus for one in own), sum(one.minus for one in own)
    return Row(lower, higher, added, changed, dropped, plus, minus)


def matrix(levels: Sequence[Path]) -> list[Row]:
    """A row for every pair of levels, the lower one first. levels: lowest first."""
    trees = [(folder.name, read(folder)) for folder in levels]
    return [row(low, high, compare(below, above)) for (low, below), (high, above) in combinations(trees, 2)]


def said(found: Row) -> str:
    """The pair in one line."""
    files = f"{found.added} file{'' if found.added == 1 else 's'} added"
    changes = f"{files}, {found.changed} changed, {found.dropped} dropped"
    return f"{changes}; +{found.plus:,} −{found.minus:,} lines without tests, lessons and locks"


def diff_command(
    lower: Annotated[str, typer.Option("--from", metavar="LEVEL", help="as 2, or level2_training")],
    higher: Annotated[str, typer.Option("--to", metavar="LEVEL", help="as 3, or level3_deployment")],
    summary: Annotated[bool, typer.Option("--summary", help="the files, without their lines")] = False,
    root: Annotated[Path | None, typer.Option(metavar="DIR", help="the folder that holds the levels")] = None,
) -> None:
    """What changed between two levels: the files with a line on each, their lines, and the sum."""
    from yardstick.diff_show import show

    with told():
        folders = levels_in(root or find_root(Path.cwd()))
        below, above = (level_called(word, folders) for word in (lower, higher))
        if below == above:
            raise Mistake(f"{below.name} beside itself: nothing changed. Name another level: --from 2 --to 3")
        trees = read(below), read(above)
    show(below.name, above.name, *trees, summary)


def _change(path: str, before: bytes | None, after: bytes | None) -> Change:
    kind: Literal["added", "changed", "dropped"]
    kind = "added" if before is None else "dropped" if after is None else "changed"
    there = [data for data in (after, before) if data is not None]
    text = not any(is_binary(data) for data in there)
    plus, minus = counts(split(before or b""), split(after or b"")) if text else (0, 0)
    return Change(path, kind, plus, minus, group_of(path), about(path, there[0]))


def _place(path: str) -> tuple[tuple[int, str], str]:
    return rank(group_of(path)), path
