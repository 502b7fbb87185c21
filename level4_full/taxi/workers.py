"""What a Dask worker is asked to do. Trips are read and stay here; what goes back to the client is small."""

from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd

import trips
from taxi import checks, data, encodings, export, lineage, model, search, slices
from taxi.errors import ContractViolated
from taxi.features import Floats
from taxi.graph import Scorer

SAMPLE = 10_000  # trips that go back


@dataclass(frozen=True)
class Judged:
    """What a model is worth on the validation month. sample: at most SAMPLE of its trips, for pictures."""

    metrics: dict[str, float]
    sample: data.Months


def code() -> str:
    """The hash of the code that this worker runs, and of its lock."""
    return f"{lineage.code_hash()} {lineage.lock_hash()}"


def read(source: str, seed: int, month: str) -> pd.DataFrame:
    """The raw month, from this worker's own TRIPS_DIR."""
    return trips.open_source(source, seed).month(month)


def check(raw: pd.DataFrame, where: str, before: checks.Reference | None) -> ContractViolated | None:
    """What is wrong with a raw month, as an answer: the other months are looked at all the same."""
    try:
        checks.check(raw, where, before)
    except ContractViolated as error:
        return error
    return None


def reference(
    raw: pd.DataFrame, broken: ContractViolated | None, before: checks.Reference | None
) -> checks.Reference | None:
    """What the next month is compared with: this one, or the last one that was whole."""
    return before if broken else checks.learn(raw)


def clean(raw: pd.DataFrame) -> pd.DataFrame:
    """The month's kept and servable trips."""
    return trips.clean(raw)[0]


def known(rows: pd.DataFrame) -> tuple[str, int]:
    """What the client may know of a month: the hash of its content, and how many trips it has."""
    return lineage.data_hash(rows), len(rows)


def sums(rows: pd.DataFrame, month: str, seed: int) -> pd.DataFrame:
    """See `encodings.sums`."""
    fold = encodings.folds(len(rows), month, seed)
    return encodings.sums(model.table(rows), rows[trips.TARGET].to_numpy(), fold)


def share(
    rows: pd.DataFrame, month: str, seed: int, tables: Sequence[encodings.Stored], part: int, parts: int
) -> Floats:
    """(n, 9) every `parts`-th trip of a month: features, encodings learned from the other folds, and the minutes."""
    fold = encodings.folds(len(rows), month, seed)[part::parts]
    some = rows.iloc[part::parts]
    table = model.table(some)
    matrix = np.empty((len(some), table.shape[1] + len(encodings.SIZES) + 1), dtype=np.float32)
    for number in np.unique(fold):
        matrix[fold == number, :-1] = encodings.encoded(table[fold == number], tables[number])
    matrix[:, -1] = some[trips.TARGET]
    return matrix


def judge(
    rows: pd.DataFrame, month: str, source: str, seed: int, tables: encodings.Stored, booster: str, graph: bytes
) -> Judged:
    """The graph's figures on every validation trip, and how far it is from LightGBM's own answers.

    Raises OutsideParity.
    """
    from lightgbm import Booster

    table = model.table(rows)
    expected = np.asarray(Booster(model_str=booster).predict(encodings.encoded(table, tables), num_threads=1))
    parity = export.check_parity(graph, table, expected)
    predicted = Scorer(graph).predict(table)
    metrics = model.score(predicted, rows[trips.TARGET].to_numpy())
    boroughs = trips.open_source(source, seed).boroughs()
    metrics |= slices.rmse_by_slice(predicted, rows, boroughs) | {"parity_minutes": parity}
    some = rows.sample(min(SAMPLE, len(rows)), random_state=seed)
    return Judged(metrics, data.Months(source, {month: some}, boroughs))


def trial(source: str, seed: int, train: str, learner: dict[str, Any], asked_by: str) -> tuple[float, str]:
    """The error of these parameters on the held-out days of the training months, and which worker found it."""
    from distributed import get_worker

    parts = training_months(source, seed, train, asked_by)
    error = model.evaluate(model.fit(parts.learn, seed, **learner), parts.held_out)["rmse"]
    return error, str(get_worker().address)


@lru_cache(maxsize=1)
def training_months(source: str, seed: int, train: str, asked_by: str) -> search.Parts:
    """Read once a worker and client: the next search may find other files under the same names."""
    with redirect_stdout(StringIO()):  # a progress bar is for the client's terminal
        return search.split(data.load_months(source, seed, train))
