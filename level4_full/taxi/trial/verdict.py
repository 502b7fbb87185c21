"""Promote, keep, stop or wait: what an experiment says so far. Values in, a verdict with its reasons out.

What is compared: on every trip both models were asked, so the loss that the challenger saves is known trip by trip,
whichever of the two answered. (That holds as long as a prediction does not change the trip: not where somebody is paid
or sent by it.) The riders that the challenger really answered are compared as well, as a check: the two must agree.
"""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import pandas as pd

from taxi.trial import evidence, guards
from taxi.trial.evidence import FEWEST_BLOCKS, HORIZON

BLOCK_DAYS = 3  # two-day blocks promote 5.5 % of equals when days are alike, three-day blocks 2.7 %
FEWEST_TRIPS = 2_000
HARM = 0.05  # of the champion's error
APART = 3.3  # standard errors between the paired and the unpaired gain: 1 in 1,000


class Outcome(StrEnum):
    """wait: there is not enough yet. keep: the horizon is reached; inconclusive, and no failure. stop: it does harm."""

    WAIT = "wait"
    PROMOTE = "promote"
    KEEP = "keep"
    STOP = "stop"


@dataclass(frozen=True)
class Verdict:
    """reasons: one sentence each, the deciding one first. figures: minutes, shares and counts by name."""

    outcome: Outcome
    reasons: list[str]
    figures: dict[str, float] = field(default_factory=dict)


def judge(trips: pd.DataFrame, days: int, latency: float | None = None) -> Verdict:
    """The verdict on matured trips of whole days, as `taxi.trial.cohorts` gives them.

    days: whole days since the experiment began. latency: p95 of a call with the challenger, over that without.
    """
    scored = trips[trips["saved"].notna()]
    if not days:
        return Verdict(Outcome.WAIT, ["no day's trips are all told yet"])
    figures, blocks = summary(scored, days), block_means(scored, days)
    problems = guards.broken(trips, latency)
    mae, gain = figures["champion_mae"], figures["gain"]
    if (worst := figures["gain_at_best"]) < -HARM * mae:
        problems.append(f"it does harm: at best {-worst / mae:.1%} worse than the champion")
    if problems:
        return Verdict(Outcome.STOP, problems, figures)
    said = f"{gain:+.3f} minutes a trip ({gain / mae:+.1%}) over {len(blocks)} x {BLOCK_DAYS} whole days"
    if bool(evidence.superior(blocks, mae)) and len(scored) >= FEWEST_TRIPS:
        apart = disagreement(figures)
        if apart <= APART:
            return Verdict(Outcome.PROMOTE, [f"it is better: {said}, evidence {figures['evidence']:.0f}"], figures)
        reason = f"paired and unpaired gain are {apart:.1f} standard errors apart: the arms or the log are not right"
        return Verdict(Outcome.STOP, [reason], figures)
    if len(blocks) >= HORIZON:
        least = figures["detectable"] / mae
        return Verdict(Outcome.KEEP, [f"inconclusive: {said}; a gain of {least:.1%} would have been seen"], figures)
    short = f"{FEWEST_BLOCKS} blocks" if len(blocks) < FEWEST_BLOCKS else f"an evidence of {evidence.EVIDENCE:g}"
    return Verdict(Outcome.WAIT, [f"{said}; waits for {short}, at most {HORIZON} blocks"], figures)


def block_means(trips: pd.DataFrame, days: int) -> evidence.Floats:
    """(n,) the loss saved in each whole block, minutes a trip; a block without a trip is left out."""
    whole = trips[trips["day"] < days // BLOCK_DAYS * BLOCK_DAYS]
    return np.asarray(whole["saved"].groupby(whole["day"] // BLOCK_DAYS).mean(), float)[:HORIZON]


def summary(trips: pd.DataFrame, days: int) -> dict[str, float]:
    """The figures of an experiment. gain: minutes saved a trip. unpaired: between the riders of the two arms."""
    n, saved, blocks = len(trips), trips["saved"], block_means(trips, days)
    gain, spread = (float(saved.mean()), float(saved.std())) if n > 1 else (0.0, 0.0)
    width = float(evidence.half_width(np.array(n), np.array(spread)))
    unpaired, error = unpaired_gain(trips)
    return {
        "trips": n, "days": days, "blocks": len(blocks), "gain": gain, "gain_at_best": gain + width,
        "champion_mae": float(trips["champion_loss"].mean()) if n else float("nan"),
        "challenger_mae": float((trips["champion_loss"] - saved).mean()) if n else float("nan"),
        "evidence": float(np.exp(np.minimum(evidence.log_e(blocks), 700.0))), "detectable": evidence.detectable(blocks),
        "gain_error": day_error(trips), "unpaired": unpaired, "unpaired_error": error,
    }  # fmt: skip


def day_error(trips: pd.DataFrame) -> float:
    """Standard error of the gain, from how days differ; NaN for one day."""
    by = trips["saved"].groupby(trips["day"]).mean()
    return float(by.std() / np.sqrt(len(by))) if len(by) > 1 else float("nan")


def unpaired_gain(trips: pd.DataFrame) -> tuple[float, float]:
    """The champion arm's error less the challenger arm's, as served, and its standard error; NaN without both arms.

    Compared within a day and a share, and only then averaged: as the share grows, the arms' days are not the same.
    """
    by = trips.groupby([trips["day"], trips["share"], trips["variant"]])["loss"].agg(["mean", "var", "size"])
    wide = by.unstack("variant")
    if by.empty or not {"champion", "challenger"} <= set(wide.columns.get_level_values(1)):
        return float("nan"), float("nan")
    mean, var, size = (wide[name][["champion", "challenger"]] for name in ("mean", "var", "size"))
    fit = (size >= 2).all(axis=1)
    mean, var, size = mean[fit], var[fit], size[fit]
    weight = size.prod(axis=1) / size.sum(axis=1)
    if not weight.sum():
        return float("nan"), float("nan")
    weight /= weight.sum()
    gain = ((mean["champion"] - mean["challenger"]) * weight).sum()
    return float(gain), float(np.sqrt(((var / size).sum(axis=1) * weight**2).sum()))


def disagreement(figures: dict[str, float]) -> float:
    """Standard errors between the two gains; 0 where the arms have not been compared."""
    error = np.hypot(figures["unpaired_error"], np.nan_to_num(figures["gain_error"]))
    apart = abs(figures["unpaired"] - figures["gain"]) / error
    return float(apart) if np.isfinite(apart) else 0.0
