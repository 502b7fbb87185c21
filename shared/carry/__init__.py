"""Keeps the files that levels have in common identical.

A level is the level below plus its lesson, so a file of level N is expected at level N+1 byte for byte and with the
same executable bit. Three kinds of file are not: a level's own (README.md, exercises, ...), files the higher level
declares as changed, with the sha256 of the lower file it was written against, and files it declares as dropped:

    [tool.carry]
    drops = ["duration.ipynb"]

    [tool.carry.changes]
    "serve.py" = "<sha256 of the lower level's serve.py>"

    python -m carry check                 what has drifted, and what to do about it
    python -m carry up                    copy upward, level by level: the lowest level wins
    python -m carry stamp LEVEL FILE...   declare a change, or say that you looked at what moved below it
"""

from carry.decide import Copy, Problem, pairs, plan, problems, summary
from carry.levels import CarryError, File, Level, read_levels

__all__ = ["CarryError", "Copy", "File", "Level", "Problem", "pairs", "plan", "problems", "read_levels", "summary"]
