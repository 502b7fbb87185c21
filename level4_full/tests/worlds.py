"""Worlds in which the truth is known: days of an experiment, thousands at once; and rules that look at them.

Everything is a part of the champion's error (1). A day's mean of the loss saved is the true gain, the day's own effect
(AR(1) over days), and the noise of its trips.
"""

import numpy as np

from taxi.trial import evidence
from taxi.trial.verdict import BLOCK_DAYS, HARM

DAYS, TRIPS = BLOCK_DAYS * evidence.HORIZON, 2_000
TRIP_SD = 0.434  # of one trip's loss saved: .97 % for the mean of 2,000


def days(worlds, gain, day_sd, rho, seed):
    """(worlds, 27) means of days."""
    rng = np.random.default_rng(seed)
    shock = rng.standard_normal((worlds, DAYS))
    effect = shock.copy()
    for day in range(1, DAYS):
        effect[:, day] = rho * effect[:, day - 1] + np.sqrt(1 - rho**2) * shock[:, day]
    return gain + day_sd * effect + TRIP_SD / np.sqrt(TRIPS) * rng.standard_normal((worlds, DAYS))


def ours(means):
    """(worlds,) the day after which the deciding rule promotes, 0 for never."""
    blocks = means.reshape(len(means), -1, BLOCK_DAYS).mean(axis=2)
    looks = [evidence.superior(blocks[:, :n], 1.0) for n in range(1, evidence.HORIZON + 1)]
    return first(np.array(looks)) * BLOCK_DAYS


def harm(means):
    """(worlds,) the day after which the harm guard stops, 0 for never."""
    n, mean = running(means)
    return first((mean + evidence.half_width(n, np.array(TRIP_SD)) < -HARM).T)


def peeking(means):
    """A t-test of all trips so far, every day, until it is significant: known to be wrong."""
    n, mean = running(means)
    return first((mean / (TRIP_SD / np.sqrt(n)) > 1.645).T)


def trip_sequence(means):
    """A bound that may be looked at at any time, but takes trips of one day for independent: known to be wrong."""
    n, mean = running(means)
    return first((mean - evidence.half_width(n, np.array(TRIP_SD)) > 0).T)


def running(means):
    count = np.arange(1, means.shape[1] + 1)
    return TRIPS * count, means.cumsum(axis=1) / count


def first(looks):
    """(worlds,) the number, from 1, of the first look that says so; 0 for none. looks: (looks, worlds)."""
    return np.where(looks.any(axis=0), looks.argmax(axis=0) + 1, 0)
