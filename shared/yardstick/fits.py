"""Models that are made once: the same trips, learner and libraries give the same model, so next time it is read."""

import pickle
from collections.abc import Callable, Sequence
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from carry.files import write

Fit = Callable[[Sequence[pd.DataFrame]], list[Any]]


class Memo:
    """`fit` with a memory. code: of the learner, whatever changes when it does. made: how many were really fitted."""

    def __init__(self, fit: Fit, folder: Path, code: str) -> None:
        self._fit, self._folder, self.made = fit, folder, 0
        self._code = f"{code} {version('scikit-learn')} {version('numpy')}"

    def __call__(self, parts: Sequence[pd.DataFrame]) -> list[Any]:
        """A model of each."""
        paths = [self._folder / f"{self.key(rows)}.pickle" for rows in parts]
        left = [at for at, path in enumerate(paths) if not path.exists()]
        for at, one in zip(left, self._fit([parts[at] for at in left]), strict=True):
            write(paths[at], pickle.dumps(one))
        self.made += len(left)
        return [pickle.loads(path.read_bytes()) for path in paths]

    def key(self, rows: pd.DataFrame) -> str:
        """Of the trips in their order, and the learner."""
        content = pd.util.hash_pandas_object(rows, index=False).to_numpy().tobytes()
        return sha256(self._code.encode() + content).hexdigest()[:32]
