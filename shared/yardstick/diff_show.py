"""What changed between two levels, for a terminal in colour; elsewhere the same text, plain."""

from collections.abc import Iterator
from itertools import groupby

from yardstick.diff import Change, compare, row, said
from yardstick.diff_lines import hunks, split
from yardstick.tree import PICTURES, Tree, is_binary, is_lock

MARKS = {"added": "+", "changed": "~", "dropped": "−"}
STYLES = {"added": "green", "changed": "yellow", "dropped": "red"}
LINES = {"@": "cyan", "+": "green", "-": "red", "\\": "dim"}  # by how a line of a diff begins
Line = tuple[str, str]  # text, and rich's name of its style


def show(lower: str, higher: str, below: Tree, above: Tree, summary: bool) -> None:
    """Print the files that differ, each one's lines unless `summary`, and the sum. lower, higher: the levels' names."""
    changes = compare(below, above)
    _print([(f"{lower} → {higher}", "bold"), *listed(changes)])
    if not summary:
        for change in changes:
            _print(body(change, f"{lower}/{change.path}", f"{higher}/{change.path}", below, above))
    _print([("", ""), (said(row(lower, higher, changes)), "bold")])


def listed(changes: list[Change]) -> Iterator[Line]:
    """A heading for each group, and a line for each file: what became of it, its name, its lines, what it is."""
    wide = max((len(change.path) for change in changes), default=0)
    for group, members in groupby(changes, key=lambda change: change.group):
        yield "", ""
        yield group, "bold cyan"
        for one in members:
            plus, minus = f"+{one.plus}" if one.plus else "", f"−{one.minus}" if one.minus else ""
            yield f"  {MARKS[one.kind]} {one.path:{wide}} {plus:>6} {minus:>6}  {one.about}".rstrip(), STYLES[one.kind]


def body(change: Change, old_name: str, new_name: str, below: Tree, above: Tree) -> Iterator[Line]:
    """A file's lines that came and went, under its two names; of locks, pictures and what is no text, a word."""
    before, after = below.get(change.path), above.get(change.path)
    yield "", ""
    yield f"--- {old_name if before is not None else '/dev/null'}", "bold"
    yield f"+++ {new_name if after is not None else '/dev/null'}", "bold"
    if is_binary(before or b"") or is_binary(after or b""):
        yield "(no text)", "dim"
    elif is_lock(change.path) or change.path.endswith(PICTURES):
        yield f"(not shown: +{change.plus} −{change.minus} lines that nobody wrote)", "dim"
    else:
        for line in hunks(split(before or b""), split(after or b"")):
            yield line, LINES.get(line[0], "")


def _print(lines: "Iterator[Line] | list[Line]") -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(soft_wrap=True)
    for text, style in lines:
        sound = text.encode("utf-8", "replace").decode()  # a name that is no UTF-8
        if console.is_terminal:
            console.print(Text(_tame(sound), style), highlight=False)
        else:
            print(sound)  # as it is: rich would widen tabs


def _tame(text: str) -> str:
    """A line that cannot steer a terminal, whatever file it comes from."""
    return text if text.isprintable() else "".join(c if c.isprintable() or c == "\t" else "�" for c in text)
