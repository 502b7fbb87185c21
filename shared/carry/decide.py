"""What is wrong between neighbouring levels, and what has to be copied. Values in, verdicts out: nothing is touched."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from carry.levels import Level, is_own

Kind = Literal["drifted", "bit", "deleted", "moved", "same", "unmade", "undropped", "baseless", "lowest"]

TEXTS: dict[Kind, str] = {  # every one names the file at both levels, then the remedy
    "drifted": "{upper}/{path} is not {lower}/{path} any more. Make the change in {origin}/{path}, the lowest, and run "
    "`make carry`; or declare it: python -m carry stamp {upper} {path}",
    "bit": "{upper}/{path} and {lower}/{path}: one is executable, one is not. chmod {origin}/{path}, the lowest, and "
    "run `make carry`; or declare it: python -m carry stamp {upper} {path}",
    "deleted": "{upper}/{path} is missing, {lower}/{path} is there. Run `make carry`; or declare it in "
    '{upper}/pyproject.toml, [tool.carry]: drops = ["{path}"]',
    "moved": "{lower}/{path} has moved since {upper}/{path} was written against it. Look at what moved, take over "
    "what belongs in {upper}/{path}, then: python -m carry stamp {upper} {path}",
    "same": "{upper}/{path} is declared as changed, and is {lower}/{path} again. Delete its line from "
    "{upper}/pyproject.toml, [tool.carry] changes",
    "unmade": "{upper}/{path} is declared as changed from {lower}/{path}, and is missing. Restore it; or delete its "
    "line from {upper}/pyproject.toml, [tool.carry] changes",
    "undropped": "{upper}/{path} is declared as dropped from {lower}/{path}, and is there. Delete it; or take it out "
    "of {upper}/pyproject.toml, [tool.carry] drops",
    "baseless": "{upper}/{path} is declared in {upper}/pyproject.toml, [tool.carry], but {lower}/{path} {why}. Delete "
    "the declaration",
    "lowest": "{upper}/{path} is declared in {upper}/pyproject.toml, [tool.carry], but {upper} is the lowest. Delete "
    "the declaration",
}


@dataclass(frozen=True)
class Problem:
    """One file that breaks the rule between two neighbours. stamp: the lower sha256 that a change was declared with."""

    kind: Kind
    path: str
    lower: str
    upper: str
    text: str
    stamp: str = ""


@dataclass(frozen=True)
class Copy:
    """One file to copy from a level to the next. loses: the upper file has other bytes, which the copy replaces."""

    path: str
    lower: str
    upper: str
    loses: bool


def pairs(levels: Sequence[Level]) -> list[tuple[Level, Level]]:
    """Neighbours N and N+1 that are both there. A level copied out on its own has none: it cannot be judged."""
    return [(low, up) for low, up in pairwise(levels) if up.number == low.number + 1]


def problems(levels: Sequence[Level]) -> list[Problem]:
    """All that is wrong, lowest level first, then by path. levels: lowest first."""
    found = _groundless(levels[0]) if levels and levels[0].number == 0 else []
    for lower, upper in pairs(levels):
        for path in sorted(lower.tree.keys() | upper.changes.keys() | set(upper.drops)):
            kind = _verdict(path, lower, upper)
            if kind:
                found.append(_problem(kind, path, lower.name, upper, origin=_origin(levels, lower, path)))
    return found


def plan(levels: Sequence[Level]) -> list[Copy]:
    """The copies that make every undeclared file equal to the lowest level's, in the order to make them."""
    copies: list[Copy] = []
    levels = list(levels)
    for i, upper in enumerate(levels[1:]):
        lower = levels[i]  # as it will be after the copies planned so far
        if not pairs([lower, upper]):
            continue
        due = [path for path, file in lower.tree.items() if not _declared(path, upper) and upper.tree.get(path) != file]
        for path in sorted(due):
            before = upper.tree.get(path)
            loses = before is not None and before.sha256 != lower.tree[path].sha256
            copies.append(Copy(path, lower.name, upper.name, loses))
        levels[i + 1] = replace(upper, tree=upper.tree | {path: lower.tree[path] for path in due})
    return copies


def summary(levels: Sequence[Level]) -> str:
    """The one line for a house in order; it also names levels whose lower neighbour is not there to compare with."""
    neighbours = pairs(levels)
    changed = sum(len(upper.changes) for _, upper in neighbours)
    carried = sum(not _declared(path, upper) for lower, upper in neighbours for path in lower.tree)
    judged = {upper.name for _, upper in neighbours}
    alone = [level.name for level in levels[1:] if level.name not in judged]
    note = f"; not compared, the level below is not here: {', '.join(alone)}" if alone else ""
    counts = f"{_count(carried, 'file')} carried over {_count(len(levels), 'level')}"
    return f"carry: {counts}, {changed} changed on purpose{note}"


def _verdict(path: str, lower: Level, upper: Level) -> Kind | None:
    file, copy = lower.tree.get(path), upper.tree.get(path)
    if file is None:
        return "baseless"
    if path in upper.drops:
        return "undropped" if copy else None
    if path in upper.changes:
        if copy is None:
            return "unmade"
        return "same" if copy == file else "moved" if upper.changes[path] != file.sha256 else None
    if copy is None:
        return "deleted"
    if copy.sha256 != file.sha256:
        return "drifted"
    return "bit" if copy != file else None


def _problem(kind: Kind, path: str, lower: str, upper: Level, origin: str = "") -> Problem:
    why = "needs no declaration, every level has its own" if is_own(path) else "does not exist"
    text = TEXTS[kind].format(path=path, lower=lower, upper=upper.name, origin=origin, why=why)
    return Problem(kind, path, lower, upper.name, text, upper.changes.get(path, ""))


def _groundless(lowest: Level) -> list[Problem]:
    """Level 0 has nothing below it to change or drop."""
    return [_problem("lowest", path, "", lowest) for path in sorted({*lowest.changes, *lowest.drops})]


def _origin(levels: Sequence[Level], level: Level, path: str) -> str:
    """The lowest level from which this path is carried, undeclared, up to `level`: where a fix belongs."""
    for lower, upper in reversed(pairs(levels)):
        if upper.name == level.name and path in lower.tree and not _declared(path, upper):
            level = lower
    return level.name


def _declared(path: str, upper: Level) -> bool:
    return path in upper.changes or path in upper.drops


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
