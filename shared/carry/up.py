"""Copying upward: the lowest level wins, and work that nobody could give back is not overwritten."""

from collections.abc import Iterator
from pathlib import Path

from carry.decide import Copy, plan
from carry.files import write
from carry.history import held, in_git, record
from carry.levels import CarryError, read_levels


def carry_up(root: Path, force: bool = False) -> Iterator[str]:
    """Make every undeclared copy equal to the lowest level's file; yields a line for each file copied.

    Raises CarryError, before anything is copied, when a drifted copy holds bytes that git does not (an edit that was
    never committed nor added); with `force` it is overwritten. Outside git the lines say what was overwritten.
    """
    copies, safe = plan(read_levels(root)), in_git(root)
    if safe and not force:
        _refuse(root, copies)
    for copy in copies:
        source, target = root / copy.lower / copy.path, root / copy.upper / copy.path
        fate = "" if not copy.loses else " (replaced)" if safe else " (overwritten: not in git, its old text is gone)"
        write(target, source.read_bytes(), mode_of=source)
        yield f"{copy.lower}/{copy.path} -> {copy.upper}/{copy.path}{fate}"
    if safe and copies:
        record(root, [root / copy.upper / copy.path for copy in copies])


def _refuse(root: Path, copies: list[Copy]) -> None:
    replaced = {root / copy.upper / copy.path: copy for copy in copies if copy.loses}
    lost = [replaced[path] for path in replaced.keys() - held(root, list(replaced))]
    if lost:
        names = ", ".join(sorted(f"{copy.upper}/{copy.path}" for copy in lost))
        raise CarryError(
            f"nothing copied: git does not hold what {names} would lose. Take the edit over into the lowest level; "
            "or commit it; or overwrite it: python -m carry up --force"
        )
