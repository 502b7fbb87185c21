"""The steps of train.py on a Dask cluster: trips are read by the workers, and stay with them.

What a lost worker had done, Dask itself has done again by others. Boosting is different: there all workers talk to each
other, so when one is lost it is started again, on those that are left.
"""

import logging
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from operator import itemgetter
from typing import Any

from rich.progress import track

from taxi import asking, cluster, data, encodings, lightgbm_export, tracking, workers
from taxi.errors import ClusterLost, ContractViolated
from taxi.features import COLUMNS

LEARNER = "lightgbm"
ATTEMPTS = 3
NAMES = {  # scikit-learn's names of the parameters, and LightGBM's; the defaults are the same
    "learning_rate": "learning_rate",
    "max_iter": "n_estimators",
    "max_leaf_nodes": "num_leaves",
    "min_samples_leaf": "min_child_samples",
    "l2_regularization": "reg_lambda",
}


@dataclass(frozen=True)
class Months:
    """What the client knows of the months. trips: where each month's trips are, the validation month last."""

    source: str
    seed: int
    trips: Mapping[str, Any]
    hashes: Mapping[str, str]
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Fitted:
    """A fitted model: the graph, LightGBM's own text of its trees, the encodings, and how many workers boosted."""

    graph: bytes
    booster: str
    tables: encodings.Stored
    workers: int


def load(client: Any, source: str, seed: int, train: str, valid: str, check: bool = True) -> Months:
    """As `data.load`, by the workers: each month checked against the one before it, then cleaned."""
    months, last = data.names(train, valid)
    trips, known, verdicts, before = {}, {}, [], None
    for month in [*months, last]:
        raw = client.submit(workers.read, source, seed, month, pure=False)
        if check:
            verdicts.append(client.submit(workers.check, raw, f"{source} {month}", before, pure=False))
            before = client.submit(workers.reference, raw, verdicts[-1], before, pure=False)
        trips[month] = client.submit(workers.clean, raw, pure=False)
        known[month] = client.submit(workers.known, trips[month], pure=False)
    if broken := [verdict for verdict in asking.answers(client, verdicts) if verdict]:
        raise ContractViolated.of(broken)
    bar = track(known.items(), description="months", disable=not os.isatty(1))
    facts = {month: asking.answer(client, future) for month, future in bar}
    hashes, counts = ({month: fact[part] for month, fact in facts.items()} for part in (0, 1))
    return Months(source, seed, trips, hashes, counts)


def fit(client: Any, months: Months, **learner: Any) -> Fitted:
    """Encodings from sums that add up over the months, then boosting on all workers; again when one of them is lost.

    learner: as for `model.build`. Raises ClusterLost when a worker was lost in every attempt.
    """
    from lightgbm.basic import LightGBMError

    train = list(months.trips)[:-1]
    sums = [client.submit(workers.sums, months.trips[month], month, months.seed, pure=False) for month in train]
    tables = client.submit(encodings.cross_fitted, client.submit(encodings.add, sums, pure=False), pure=False)
    of_all = asking.answer(client, client.submit(itemgetter(-1), tables, pure=False))
    for _ in range(ATTEMPTS):
        members = cluster.ready(client)
        try:
            booster = asking.together(client, members, partial(_boost, members, months, tables, learner))
        except (LightGBMError, asking.WorkerLost) as error:
            print(f"a worker was lost, boosting starts again ({' '.join(str(error).split())[:80]})", file=sys.stderr)
            asking.begin_anew(client, members)
        else:
            return Fitted(lightgbm_export.to_onnx(booster, of_all), booster.model_to_string(), of_all, len(members))
    raise ClusterLost(f"boosting lost a worker {ATTEMPTS} times. Look at the workers' logs, then start again")


def judge(client: Any, months: Months, fitted: Fitted) -> workers.Judged:
    """Figures on every validation trip, parity with LightGBM's own answers among them; a sample for pictures."""
    *_, (month, rows) = months.trips.items()
    asked = (rows, month, months.source, months.seed, fitted.tables, fitted.booster, fitted.graph)
    judged: workers.Judged = asking.answer(client, client.submit(workers.judge, *asked, pure=False))
    return judged


def log_data(mlflow: Any, months: Months) -> None:
    """As `record.data`: each month as a dataset of the run. The hashes are the workers'."""
    *_, valid = months.hashes
    for month, digest in months.hashes.items():
        tracking.log_content(mlflow, month, months.source, digest, "validation" if month == valid else "training")


def log_figures(mlflow: Any, months: Months, fitted: Fitted, judged: workers.Judged) -> dict[str, str]:
    """The figures, on the run; returns what is said of them on the model card: how they came about."""
    *train, valid = months.counts.values()
    mlflow.log_metrics(judged.metrics | {"train_trips": sum(train), "valid_trips": valid})
    made = {"learner": LEARNER, "workers": str(fitted.workers)}
    made["pictures"] = f"drawn from {len(judged.sample.valid):,} of {valid:,} validation trips"
    mlflow.set_tags(made)
    return made


def _boost(members: list[str], months: Months, tables: Any, learner: Mapping[str, Any], client: Any) -> Any:
    """A booster. Every worker gets every n-th trip of each month: equal work, and a fair picture of the whole."""
    from lightgbm import DaskLGBMRegressor, register_logger

    logger = logging.getLogger("lightgbm")
    logger.setLevel(logging.ERROR)  # it would tell of ports and of threads
    register_logger(logger)
    tables = asking.lent(client, tables)
    shares = [
        client.submit(workers.share, asking.lent(client, months.trips[month]), month, months.seed, tables, rank,
                      len(members), workers=[address], pure=False)
        for month in list(months.trips)[:-1] for rank, address in enumerate(members)
    ]  # fmt: skip
    lengths = asking.answers(client, [client.submit(len, share, pure=False) for share in shares])
    width = len(COLUMNS) + len(encodings.SIZES) + 1
    da: Any = import_module("dask.array")  # half typed, like distributed
    parts = [da.from_delayed(one, (n, width), "float32") for one, n in zip(shares, lengths, strict=True)]
    matrix = da.concatenate(parts)
    parameters = {NAMES[name]: value for name, value in learner.items()}
    boosting = DaskLGBMRegressor(client=client, random_state=months.seed, verbosity=-1, time_out=1, **parameters)
    return boosting.fit(matrix[:, :-1], matrix[:, -1]).booster_
