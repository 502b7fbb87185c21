"""What git knows: an older version of a file, and whether it could give overwritten bytes back."""

import hashlib
import os
import subprocess
from collections.abc import Sequence
from difflib import unified_diff
from pathlib import Path

from carry.decide import Problem

STEERING = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")  # set inside a hook, for another repository


def in_git(root: Path) -> bool:
    """Whether `root` lies in a git repository; also true when git itself cannot read that repository."""
    return any((folder / ".git").exists() for folder in (root.resolve(), *root.resolve().parents))


def version(root: Path, path: str, sha256: str) -> tuple[str, bytes] | None:
    """The newest commit in which root/path had this sha256, and the bytes; None when history does not have it."""
    log = _git(root, "log", "--full-history", "--format=%h", "--", path) or b""
    for commit in log.decode().split():
        content = _git(root, "show", f"{commit}:./{path}")
        if content is not None and hashlib.sha256(content).hexdigest() == sha256:
            return commit, content
    return None


def held(root: Path, paths: Sequence[Path]) -> set[Path]:
    """Those of `paths` whose present bytes git holds (committed, added or recorded), so that it can give them back."""
    names = _ids(root, paths)
    found = _git(root, "cat-file", "--batch-check", stdin="\n".join(names)) or b""
    there = [line for line in found.decode().splitlines() if line]
    return {path for path, line in zip(paths, there, strict=False) if not line.endswith(" missing")}


def record(root: Path, paths: Sequence[Path]) -> None:
    """Let git hold the present bytes of `paths`, without adding them to anything: loose objects, pruned in weeks.

    A copy that carry made is nobody's work, and this is how the next run knows.
    """
    _ids(root, paths, "-w")


def what_moved(root: Path, problem: Problem) -> str:
    """The lower file of a "moved" problem, as it was when the stamp was made against as it is now: a unified diff.

    Without that old version in git, a line that says so and the lower file against the upper one.
    """
    lower, upper = f"{problem.lower}/{problem.path}", f"{problem.upper}/{problem.path}"
    now = (root / lower).read_bytes()
    old = version(root, lower, problem.stamp)
    if old:
        return _diff(old[1], now, f"{lower} (commit {old[0]}, as stamped)", f"{lower} (now)")
    why = "history has no version with that stamp" if in_git(root) else "not in git"
    other = (root / upper).read_bytes()
    note = f"({why}: what moved is unknown; this is {lower} against {upper})\n"
    return note + _diff(now, other, f"{lower} (now)", f"{upper} (now)")


def _diff(old: bytes, new: bytes, old_name: str, new_name: str) -> str:
    try:
        before, after = (text.decode("utf-8").splitlines() for text in (old, new))
    except UnicodeDecodeError:
        return f"--- {old_name}\n+++ {new_name}\n(not text: no lines to show)\n"
    lines = list(unified_diff(before, after, old_name, new_name, lineterm=""))
    return "\n".join([*(lines or ["(only line ends differ)"]), ""])


def _ids(root: Path, paths: Sequence[Path], *options: str) -> list[str]:
    lines = "\n".join(str(path.resolve()) for path in paths)
    out = _git(root, "hash-object", "--no-filters", *options, "--stdin-paths", stdin=lines)
    return (out or b"").decode().split()


def _git(root: Path, *words: str, stdin: str = "") -> bytes | None:
    """What git prints; None when it fails or is not installed."""
    env = {key: value for key, value in os.environ.items() if key not in STEERING}
    command = ["git", "--literal-pathspecs", "-C", str(root), *words]
    try:
        done = subprocess.run(command, input=stdin.encode(), capture_output=True, env=env, check=False)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
