"""python -m carry check|up|stamp: see the package. Exit code 1: files have drifted; 2: a mistake in how it was run."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from carry.decide import problems, summary
from carry.history import what_moved
from carry.levels import CarryError, level_folders, read_levels
from carry.stamp import stamp
from carry.up import carry_up


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    asked = parser().parse_args(words)
    root = asked.root or find_root(Path.cwd())
    try:
        if asked.command == "check":
            return check(root)
        if asked.command == "up":
            return up(root, asked.force)
        print("\n".join(stamp(root, asked.level, asked.files)))
    except CarryError as error:
        print(f"carry: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"carry: {error}. Mend that and run it again", file=sys.stderr)
        return 2
    return 0


def check(root: Path) -> int:
    """Print each problem, and below one whose lower file moved what moved in it."""
    levels = read_levels(root)
    found = problems(levels)
    for problem in found:
        print(problem.text)
        if problem.kind == "moved":
            print(what_moved(root, problem))
    print(f"carry: {len(found)} problem{'s' * (len(found) > 1)}" if found else summary(levels))
    return 1 if found else 0


def up(root: Path, force: bool) -> int:
    """Copy, and print each file copied."""
    copied = 0
    for line in carry_up(root, force):
        print(line)
        copied += 1
    print(f"carry: {copied} file{'s' * (copied != 1)} copied")
    return 0


def find_root(here: Path) -> Path:
    """`here` when it holds levels, else the folder above shared/."""
    return here if level_folders(here) else Path(__file__).resolve().parents[2]


def parser() -> argparse.ArgumentParser:
    """The command line."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--root", type=Path, metavar="DIR", help="the folder that holds the levels")
    top = argparse.ArgumentParser(prog="python -m carry", description="Keep files that levels share identical.")
    commands = top.add_subparsers(dest="command", required=True)
    commands.add_parser("check", parents=[common], help="say what has drifted and what to do about it")
    copying = commands.add_parser("up", parents=[common], help="copy upward; the lowest level wins")
    copying.add_argument("--force", action="store_true", help="overwrite drifted copies with edits git does not hold")
    stamping = commands.add_parser("stamp", parents=[common], help="declare a file as changed on purpose")
    stamping.add_argument("level", help="a level's folder, as level2_training")
    stamping.add_argument("files", nargs="+", metavar="file", help="a file inside it, as serve.py")
    return top


if __name__ == "__main__":
    sys.exit(main())
