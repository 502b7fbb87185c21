"""What a level costs to have: lines, files, packages, things with a name to learn, seconds."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from carry.__main__ import find_root
from yardstick.about import code_cells
from yardstick.mistakes import Mistake, told
from yardstick.results import Climb
from yardstick.tree import VERBS, Tree, group_of, is_binary, is_counted, levels_in, packages, read

LOCK = "requirements.txt"
COUNTS: tuple[Literal["lines", "files", "dependencies", "concepts"], ...]
COUNTS = ("lines", "files", "dependencies", "concepts")
SECONDS: tuple[Literal["setup_seconds", "ci_seconds"], ...] = ("setup_seconds", "ci_seconds")
TARGETS = {"setup": "setup_seconds", "test": "ci_seconds"}
Seconds = Mapping[str, Mapping[str, float]]  # level's folder -> setup_seconds, ci_seconds


def climb(levels: Sequence[Path], measured: Path | None = None) -> list[Climb]:
    """One for each level, in the order given.

    lines: those that are not blank, of a level's own text files: code, manifests, settings, dashboards. Tests,
    exercises, lesson.ipynb, locks, Markdown and pictures are left out; of any other notebook its code cells count.
    files: how many files these lines are in. dependencies: packages that requirements.txt pins, those of tests
    included. concepts: verbs (scripts, and a notebook that is run, at the level's top) and modules anywhere in taxi/,
    but for __init__.py.
    measured: a file of seconds, see `read_seconds`; what it lacks is None.
    Raises Mistake when that file cannot be read.
    """
    seconds = read_seconds(measured) if measured else {}
    return [_climb(folder.name, read(folder), seconds.get(folder.name, {})) for folder in levels]


def read_seconds(path: Path) -> Seconds:
    """What was measured, level by level; of two lines about the same, the later. Raises Mistake: not such a file.

    Lines as `make setup` and `make test` add them to the file that HOUSE_SECONDS names: setup level1_devops 12
    """
    form = "make setup test HOUSE_SECONDS=FILE"
    try:
        lines = [line.split() for line in path.read_text().splitlines()]
        found: dict[str, dict[str, float]] = {}
        for target, level, seconds in lines:
            found.setdefault(level, {})[TARGETS[target]] = float(seconds)
    except OSError as error:
        raise Mistake(f"{path}: {error.strerror}. Measure first: {form}") from error
    except (ValueError, KeyError) as error:
        raise Mistake(f"{path} has no lines like 'setup level1_devops 12' ({error}). Measure again: {form}") from error
    return found


def code_lines(path: str, data: bytes) -> int:
    """Lines that are not blank; of a notebook, those of its code cells."""
    text = "\n".join(code_cells(data)) if path.endswith(".ipynb") else data.decode("utf-8", "replace")
    return sum(bool(line.strip()) for line in text.split("\n"))


def is_concept(path: str) -> bool:
    """Whether a file is a verb or a module of taxi/: a thing with a name to learn."""
    return group_of(path) == VERBS or (
        path.startswith("taxi/") and path.endswith(".py") and not path.endswith("__init__.py")
    )


def climb_command(
    measured: Annotated[Path | None, typer.Option(metavar="FILE", help="seconds of setup and CI")] = None,
    root: Annotated[Path | None, typer.Option(metavar="DIR", help="the folder that holds the levels")] = None,
) -> None:
    """What each level costs to have, and what it has more than the one below."""
    with told():
        found = climb(levels_in(root or find_root(Path.cwd())), measured)
    print("\n".join(table(found)))


def table(found: Sequence[Climb]) -> list[str]:
    """As text, a line for each level; in brackets what it has more than the level before."""
    wide = max((len(one["level"]) for one in found), default=0)
    lines = [f"{'':{wide}}" + "".join(f"{name:>16}" for name in (*COUNTS, "setup, s", "CI, s"))]
    before: Climb | None = None
    for one in found:
        counts = [_count(one[name], before[name] if before else None) for name in COUNTS]
        seconds = [f"{one[name]:.0f}" if one[name] is not None else "not measured" for name in SECONDS]
        lines.append(f"{one['level']:{wide}}" + "".join(f"{value:>16}" for value in [*counts, *seconds]))
        before = one
    return lines


def _climb(name: str, tree: Tree, seconds: Mapping[str, float]) -> Climb:
    own = {path: data for path, data in tree.items() if _is_own(path, data)}
    return Climb(
        level=name,
        lines=sum(code_lines(path, data) for path, data in own.items()),
        files=len(own),
        dependencies=len(packages(tree.get(LOCK, b""))),
        concepts=sum(is_concept(path) for path in tree),
        setup_seconds=seconds.get("setup_seconds"),
        ci_seconds=seconds.get("ci_seconds"),
    )


def _is_own(path: str, data: bytes) -> bool:
    return is_counted(path) and not path.endswith(".md") and not is_binary(data)


def _count(number: int, before: int | None) -> str:
    return f"{number:,}" if before is None else f"{number:,} ({number - before:+,})"
