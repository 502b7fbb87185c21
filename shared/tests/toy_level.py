"""A level for tests of the comparison: an operate.py, and this environment as its own."""

import sys
from pathlib import Path

OPERATE = '''
"""A toy: it answers always the same."""
import numpy as np
from yardstick import lives

def steady(life, minutes={minutes}):
    ready = None
    for morning in life.mornings():
        if morning == life.year.first:
            life.serve("the first", lambda rows: np.full(len(rows), minutes))
        if ready is None and life.complaint():
            life.did("complaint", "they say so")
            ready = life.office.done(morning, "by hand")
        if ready is not None and morning >= ready:
            life.serve("a better one", lambda rows: np.full(len(rows), 11.0), "make a model by hand")
            ready = None
        {extra}

def quick(life):
    steady(life, 12.0)

LIVES = {{"{name}": lives.Way(steady), "{name}, quick": lives.Way(quick, waits=False)}}
if __name__ == "__main__":
    lives.main(LIVES)
'''
LEARNER = """
import numpy as np
class Mean:
    def __init__(self, minutes): self.minutes = minutes
    def predict(self, rows): return np.full(len(rows), self.minutes)
def fit(rows): return Mean(rows["duration_minutes"].mean())
def table(rows): return rows
"""


def level(folder: Path, number: int, minutes: float = 25.0, extra: str = "pass") -> Path:
    """levelN_toy in the folder, as the comparison finds a level."""
    home = folder / f"level{number}_toy"
    (home / ".venv" / "bin").mkdir(parents=True)
    python = home / ".venv" / "bin" / "python"  # no link: an environment is found by where its python lies
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    (home / "operate.py").write_text(OPERATE.format(name=f"level {number}", minutes=minutes, extra=extra))
    (home / "taxi").mkdir()
    (home / "taxi" / "__init__.py").touch()
    (home / "taxi" / "model.py").write_text(LEARNER)
    (home / "requirements.txt").write_text("numpy==2.4\n")
    return home
