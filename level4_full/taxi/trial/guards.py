"""What stops an experiment whatever the error says: arms that are not what was dealt, failures, slowness, a slice."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import stats

from taxi.trial.evidence import ALPHA, half_width

RATIO_ALPHA = 0.0005  # looked at a handful of times: a false alarm in 400 experiments
RATE_MARGIN = 0.005  # half a percentage point
SANE_MINUTES = (0.5, 180.0)
SLOWER = 1.2
SLICE_WORSE, SLICE_TRIPS = 0.05, 200
COUNTED: dict[str, Callable[[pd.DataFrame], "pd.Series[bool]"]] = {
    "assigned": lambda trips: trips["id"].notna(),
    "answered by their own arm": lambda trips: trips["by"] == trips["variant"],
    "labelled": lambda trips: trips["minutes"].notna(),
}


def broken(trips: pd.DataFrame, latency: float | None) -> list[str]:
    """A sentence for each guard that is broken; none for an experiment that may go on.

    trips: all that have matured, with an outcome or without. latency: p95 with the challenger over that without.
    """
    problems = [*sample_ratio(trips), *rates(trips), *slices(trips[trips["minutes"].notna()])]
    if latency is not None and latency > SLOWER:
        problems.append(f"it is slow: p95 of a call {latency:.1f} times the champion's, {SLOWER:g} at most")
    return problems


def sample_ratio(trips: pd.DataFrame) -> list[str]:
    """The first count at which the arms are not as they were dealt: there the leak is."""
    for name, chosen in COUNTED.items():
        p = ratio_p(trips[chosen(trips)])
        if p < RATIO_ALPHA:
            return [f"the arms are not as they were dealt: {name} trips, chi-square p {p:.1g}"]
    return []


def ratio_p(trips: pd.DataFrame) -> float:
    """p of a chi-square over the shares that were in force; a rider counts once a share, as he is dealt once."""
    units = trips.assign(unit=trips["rider"].fillna(trips["id"])).drop_duplicates(["unit", "share"])
    units = units[units["share"].between(0, 1, inclusive="neither")]
    square, shares = 0.0, 0
    for share, arms in units.groupby("share")["variant"]:
        expected = len(arms) * float(share)  # type: ignore[arg-type]
        if min(expected, len(arms) - expected) >= 5:
            seen = int((arms == "challenger").sum())
            square += (seen - expected) ** 2 / expected + (seen - expected) ** 2 / (len(arms) - expected)
            shares += 1
    return float(stats.chi2.sf(square, shares)) if shares else 1.0


def rates(trips: pd.DataFrame) -> list[str]:
    """Answers that failed or cannot be: surely more than half a percentage point more than the champion's."""
    asked = trips[trips["challenger"].notna() | trips["failed"].notna()]
    low, high = SANE_MINUTES
    bad = {
        "it fails": asked["failed"].notna(),
        "its answers cannot be": ~asked["challenger"].between(low, high) & asked["failed"].isna(),
    }
    worse = {"it fails": 0.0, "its answers cannot be": (~asked["champion"].between(low, high)).mean()}
    return [
        f"{name}: {found.mean():.1%} of {len(found):,} trips"
        for name, found in bad.items()
        if len(found) and found.mean() - worse[name] - _width(found.astype(float)) > RATE_MARGIN
    ]


def slices(trips: pd.DataFrame) -> list[str]:
    """Boroughs in which it is surely more than 5 % worse. Holm over those with 200 trips: the worst goes first."""
    groups = {name: group for name, group in trips.groupby("borough") if len(group) >= SLICE_TRIPS}
    problems: list[str] = []
    while groups:
        alpha = ALPHA / len(groups)
        best = {name: _at_best(group, alpha) for name, group in groups.items()}
        worst = min(best, key=best.__getitem__)
        if best[worst] >= -SLICE_WORSE:
            break
        problems.append(
            f"it fails {worst}: at best {-best[worst]:.1%} worse there, over {len(groups.pop(worst)):,} trips"
        )
    return problems


def _at_best(group: pd.DataFrame, alpha: float) -> float:
    """The gain that is still possible, as a part of the champion's error."""
    return float((group["saved"].mean() + _width(group["saved"], alpha)) / group["champion_loss"].mean())


def _width(values: "pd.Series[float]", alpha: float = ALPHA) -> float:
    # a rate of which nothing was seen yet has no spread: the least it could have
    spread = max(float(values.std(ddof=0)), 0.05)
    return float(half_width(np.array(len(values)), np.array(spread), alpha))
