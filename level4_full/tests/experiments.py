"""Experiments without a service: the rows that its log would hold, with models or with errors drawn by chance."""

import hashlib

import numpy as np
import pandas as pd

from taxi.trial import cohorts
from taxi.trial.ramp import share_of

BOROUGHS = np.array(["Unknown", *("Bronx", "Brooklyn", "Manhattan", "Queens", "Staten Island") * 53], "U16")
LIVES = ("Brooklyn", "Manhattan", "Queens")


def rows(truth, champion, challenger, at, zones):
    """As taxi.serving.outcomes.joined: riders who come once, dealt by the share of their day."""
    many, day = len(at), (at.floor("D") - at.min().floor("D")).days
    share = np.array([share_of(one) for one in day])
    dealt = np.array([int(hashlib.sha256(b"%d" % n).hexdigest()[:8], 16) / 16**8 for n in range(many)])
    arm = np.where(dealt < share, "challenger", "champion")
    return pd.DataFrame({
        "id": [f"{n:032x}" for n in range(many)], "at": at.tz_localize("UTC").as_unit("ms"), "rider": None,
        "experiment_id": "1-2-1", "generation": day, "variant": arm, "by": arm, "pickup_zone": zones,
        "champion": champion, "challenger": challenger, "failed": None, "share": share, "minutes": truth,
    })  # fmt: skip


def drawn(gain=0.0, days=27, a_day=300, seed=0, day_sd=0.0):
    """By chance: trips of about twelve minutes, the champion wrong by about four, the challenger by less."""
    rng = np.random.default_rng(seed)
    many = days * a_day
    at = pd.date_range("2021-04-01", periods=days, freq="D").repeat(a_day)
    at = at + pd.to_timedelta(np.sort(rng.integers(0, 86_400, (days, a_day)), axis=1).ravel(), unit="s")
    truth = rng.uniform(12, 20, many)
    error = rng.normal(0, 5, many)
    effect = np.repeat(rng.normal(0, day_sd, days), a_day)
    other = error * (1 - gain - effect) + rng.normal(0, 0.5, many)
    zones = rng.choice([place for place, name in enumerate(BOROUGHS) if name in LIVES], many)
    return rows(truth, truth + error, truth + other, at, zones)


def of_models(trips, boroughs, champion, challenger):
    """Of two models over real or simulated trips; and their boroughs."""
    from taxi.model import table

    trips = trips.sort_values("pickup_at", kind="stable")
    features = table(trips)
    return rows(trips["duration_minutes"].to_numpy(), champion(features), challenger(features),
                pd.DatetimeIndex(trips["pickup_at"]), trips["pickup_zone"].to_numpy())  # fmt: skip


def judged(found, boroughs=BOROUGHS, latency=None):
    """Looked at every day until there is a verdict; the verdict and its day."""
    from taxi.trial.verdict import Outcome, judge

    now = found["at"].max() + pd.Timedelta(hours=4)
    _, last = cohorts.matured(found, now, boroughs)
    for day in range(1, last + 1):
        trips, days = cohorts.matured(found, now, boroughs, until=day)
        verdict = judge(trips, days, latency)
        if verdict.outcome is not Outcome.WAIT:
            return verdict, day
    return verdict, last
