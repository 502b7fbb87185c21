"""What a new version has to show before riders meet it: one row a check, with the figure and its limit.

The rows are trips that it has not seen: a month after all that it learned from, named by its hash, and the champion is
asked about the very same ones. All figures come from the graph as it will serve, fed as the service will feed it.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from taxi import graph, lineage, model
from taxi.data import Months
from taxi.errors import UnsafeModel
from taxi.features import COLUMNS
from taxi.trial import clean_process, evidence
from trips import TARGET

STRAY = 0.001
EACH = ["pickup_at", "pickup_zone", "dropoff_zone", "distance_miles", TARGET]
FEWEST_TRIPS, FEWEST_OF_A_SLICE = 1_000, 200
SKEW = 0.01  # of the error that the training reported: the same model on the same trips
WORSE = 0.02  # than the champion: the trial tells who is better, the gate only keeps out who is worse
SLICE_WORSE, SLICE_BIAS = 0.05, 0.20  # of the champion's error; of the trips' usual minutes
LONGER = 0.95  # of the trips, that are to take no less over twice the distance
MEGABYTES, SLOWER = 20.0, 5.0
Minutes = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One check. said: the figure, for a person. limit: what it is held against."""

    check: str
    said: str
    limit: str
    passed: bool


@dataclass(frozen=True)
class Candidate:
    """A version as it would serve, and the rmse that its training reported."""

    data: bytes
    reported_rmse: float


def report(candidate: Candidate, champion: bytes | None, months: Months) -> list[Row]:
    """All rows; those that need a graph that can be run are left out where it cannot. champion: None for the first."""
    size = len(candidate.data) / 1e6
    rows = [*_holdout(months), Row("size", f"{size:.1f} MB", f"{MEGABYTES:g} MB", size <= MEGABYTES)]
    try:
        scorer = graph.Scorer(candidate.data)
    except UnsafeModel as error:
        return [*rows, Row("plain graph", str(error), "one graph of this contract", False)]
    features, truth = model.table(months.valid), months.valid[TARGET].to_numpy()
    minutes = scorer.predict(features)
    rows += [
        Row("plain graph", "yes", "one graph of this contract", True),
        _skew(minutes, truth, candidate.reported_rmse),
        *_rivals(minutes, truth, months),
        _longer(scorer, features),
        _alone(scorer, features, minutes),
    ]
    other = graph.Scorer(champion) if champion is not None else None
    before = other.predict(features) if other is not None else None
    rows += _bias(minutes, before, truth, months)
    if other is not None and before is not None:
        rows += [_no_worse(minutes, before, truth), *_slices(minutes, before, truth, months), _speed(scorer, other)]
    return [*rows, _answers(candidate.data, minutes, months)]


def _holdout(months: Months) -> Iterator[Row]:
    """Some published trips have a wrong date: one in a thousand may, on either side; but none may be on both."""
    last, first = months.train["pickup_at"].quantile(1 - STRAY), months.valid["pickup_at"].quantile(STRAY)
    both = len(pd.merge(months.train[EACH].drop_duplicates(), months.valid[EACH].drop_duplicates()))
    said = f"learned until {last:%Y-%m-%d %H:%M}, judged from {first:%Y-%m-%d %H:%M}, {both} trips in both"
    yield Row("hold-out is newer", said, "no trip of it was learned from", bool(first > last) and both == 0)
    name = f"{len(months.valid):,} trips, sha256 {lineage.data_hash(months.valid)[:12]}"
    yield Row("hold-out", name, f"{FEWEST_TRIPS:,} trips", len(months.valid) >= FEWEST_TRIPS)


def _skew(minutes: Minutes, truth: Minutes, reported: float) -> Row:
    rmse = model.score(minutes, truth)["rmse"]
    apart = abs(rmse / reported - 1) if reported else float("inf")
    limit = f"within {SKEW:.0%} of the {reported:.2f} that its training reported"
    return Row("serves as it was trained", f"rmse {rmse:.2f}", limit, bool(apart <= SKEW))


def _rivals(minutes: Minutes, truth: Minutes, months: Months) -> Iterator[Row]:
    """The two answers that anybody could give: the mean, and the pair's median where the pair is known."""
    train, mae = months.train, float(np.abs(minutes - truth).mean())
    medians = train.groupby(["pickup_zone", "dropoff_zone"])[TARGET].median().rename("median")
    pairs = months.valid[["pickup_zone", "dropoff_zone"]].join(medians, on=["pickup_zone", "dropoff_zone"])
    median = pairs["median"].fillna(train[TARGET].median()).to_numpy()
    for name, said in (("the mean", np.full(len(truth), train[TARGET].mean())), ("the pair's median", median)):
        rival = float(np.abs(said - truth).mean())
        yield Row(f"better than {name}", f"mae {mae:.2f}", f"under {rival:.2f}", mae < rival)


def _longer(scorer: graph.Scorer, features: npt.NDArray[np.float32]) -> Row:
    twice = features.copy()
    twice[:, 0] = np.minimum(2 * twice[:, 0], 200)
    kept = float((scorer.predict(twice) >= scorer.predict(features)).mean())
    return Row("twice as far takes no less", f"{kept:.1%} of the trips", f"{LONGER:.0%}", kept >= LONGER)


def _alone(scorer: graph.Scorer, features: npt.NDArray[np.float32], minutes: Minutes) -> Row:
    one_by_one = np.array([scorer.predict(features[place : place + 1])[0] for place in range(200)][: len(minutes)])
    apart = float(np.abs(one_by_one - minutes[:200]).max())
    return Row("alone as among others", f"{apart:.1e} minutes apart", "1e-4", apart <= 1e-4)


def _by_borough(months: Months) -> dict[str, npt.NDArray[np.bool_]]:
    names = months.boroughs[months.valid["pickup_zone"].to_numpy()]
    chosen = {str(name): names == name for name in np.unique(names)}
    return {name: rows for name, rows in chosen.items() if rows.sum() >= FEWEST_OF_A_SLICE}


def _bias(minutes: Minutes, before: Minutes | None, truth: Minutes, months: Months) -> Iterator[Row]:
    """A share of the usual minutes; where the world has just moved, no more than the champion's is enough."""
    for name, rows in _by_borough(months).items():
        bias, usual = float((minutes - truth)[rows].mean()), float(truth[rows].mean())
        was = abs(float((before - truth)[rows].mean())) if before is not None else 0.0
        limit = f"{SLICE_BIAS:.0%} of {usual:.1f}" + (f", or the champion's {was:.2f}" if before is not None else "")
        yield Row(f"bias in {name}", f"{bias:+.2f} minutes", limit, abs(bias) <= max(SLICE_BIAS * usual, was))


def _no_worse(minutes: Minutes, before: Minutes, truth: Minutes) -> Row:
    mae, was = float(np.abs(minutes - truth).mean()), float(np.abs(before - truth).mean())
    limit = f"{1 + WORSE:.0%} of the champion's {was:.2f}"
    return Row("no worse than the champion", f"mae {mae:.2f}", limit, mae <= (1 + WORSE) * was)


def _slices(minutes: Minutes, before: Minutes, truth: Minutes, months: Months) -> Iterator[Row]:
    """Boroughs in which it is surely more than 5 % worse than the champion; Holm over them."""
    from scipy import stats

    worse, p = {}, {}
    for name, rows in _by_borough(months).items():
        loss = np.abs(before - truth)[rows]
        extra = np.abs(minutes - truth)[rows] - (1 + SLICE_WORSE) * loss
        worse[name] = float(np.abs(minutes - truth)[rows].mean() / loss.mean() - 1)
        error = float(extra.std(ddof=1)) / np.sqrt(len(extra))
        p[name] = float(stats.norm.sf(extra.mean() / error)) if error else float(extra.mean() <= 0)
    refused = True  # from the least likely on, until one may be chance
    for place, name in enumerate(sorted(p, key=p.__getitem__)):
        refused = refused and p[name] < evidence.ALPHA / (len(p) - place)
        limit = f"not surely over {SLICE_WORSE:.0%} worse than the champion"
        yield Row(f"error in {name}", f"{worse[name]:+.1%}, p {p[name]:.2g}", limit, not refused)


def _speed(scorer: graph.Scorer, other: graph.Scorer) -> Row:
    ratio = slower(scorer, other)
    return Row("speed", f"{ratio:.1f} times the champion's time, p95", f"{SLOWER:g} times", ratio <= SLOWER)


def slower(one: Any, other: Any, calls: int = 400) -> float:
    """p95 of a call over the other's, in turns: a machine that is busy slows both. Both have `predict`."""
    row, took = np.ones((1, len(COLUMNS)), np.float32), np.empty((calls, 2))
    for call in range(calls):
        for place, scorer in enumerate((one, other)):
            began = time.perf_counter()
            scorer.predict(row)
            took[call, place] = time.perf_counter() - began
    first, second = np.quantile(took, 0.95, axis=0)
    return float(first / second)


def _answers(data: bytes, minutes: Minutes, months: Months) -> Row:
    trip = months.valid.iloc[0]
    question: dict[str, object] = {name: int(trip[name]) for name in ("pickup_zone", "dropoff_zone")}
    question |= {"distance_miles": float(trip["distance_miles"]), "pickup_at": trip["pickup_at"].isoformat()}
    said = clean_process.ask(data, question)
    passed = said is not None and abs(said - float(minutes[0])) <= 1e-3
    shown = "no answer" if said is None else f"{said:.3f} minutes"
    return Row("answers from a service of its own", shown, f"{minutes[0]:.3f} minutes", passed)
