"""The city's map: where its zones lie and how often a ride goes from one to another. The same for every seed.

The order of the draws is part of the calibration: move one, and every measured figure moves with it.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

MAP_SEED = 20
ZONES, UNKNOWN, OUTSIDE = 263, 264, 265
RESERVED, RARE, SILENT = 5, 242, 13  # five rare zones have no rides until they open; the 13 rarest have no pick-ups
BOROUGHS = (  # name, zones, centre (x, y) and half-axes in miles, tilt in degrees, ln minutes lost at a ride's end
    ("Manhattan", 69, -1.4, 3.0, 1.3, 6.8, -24, 0.05),
    ("Brooklyn", 61, -0.4, -4.3, 3.8, 5.4, 0, 0.03),
    ("Queens", 69, 6.3, 0, 5.8, 7.6, 31, -0.05),
    ("Bronx", 43, 3.9, 9.1, 3.2, 3.8, 40, -0.02),
    ("Staten Island", 20, -9.9, -9.1, 3.2, 6.3, -43, -0.1),
    ("Newark", 1, -11.7, -1.8, 1, 1, 0, -0.1),
)
MANHATTAN, QUEENS, STATEN_ISLAND = 0, 2, 4
GOLDEN_ANGLE = 2.39996  # a sunflower's seeds lie evenly over an ellipse


@dataclass(frozen=True)
class Streets:
    """A pair of zones is one cell: pick-up * ZONES + drop-off, zones counted from 0."""

    hail: Floats  # (cells,) cumulated share of the hails, so that one uniform number finds a pair
    app: Floats  # (cells,) the same for rides that an app sends
    opening: Floats  # (cells,) the same for rides that start in the reserved zones
    road: Floats  # (cells,) miles by road
    spread: Floats  # (cells,) how much those miles differ from ride to ride, sd of ln miles
    pair: Floats  # (cells,) ln minutes that this pair takes longer
    zone: Floats  # (3, ZONES) standard normal: a zone's own speed, and how it drifts over the years
    slow: Floats  # (ZONES,) ln minutes lost at each end of a ride
    borough: Ints  # (ZONES,) index into BOROUGHS
    reserved: Bools  # (ZONES,) closed until an incident opens them


@lru_cache(maxsize=1)
def streets() -> Streets:
    """Draw the map: about 20 ms, once a process."""
    rng = np.random.default_rng(MAP_SEED)
    x, y, radius, slow, number = _places()[np.argsort(rng.random(ZONES))].T  # the ids say nothing about the place
    borough = number.astype(np.int64)
    miles = np.hypot(x[:, None] - x, y[:, None] - y)
    hail_rank, app_rank = _popularity(rng, x, y, borough)
    detour, pair, taste = rng.standard_normal((3, ZONES, ZONES))
    reserved = (app_rank > RARE - RESERVED) & (app_rank <= RARE)

    hail_pull, app_pull = np.asarray((hail_rank + 5.5) ** -2.1), np.asarray(np.exp(-app_rank / 57), dtype=np.float64)
    hail_to = hail_pull**0.19 * (np.exp(-miles / 0.76) + 0.03 * np.exp(-miles / 7)) * np.exp(1.26 * taste) * ~reserved
    app_to = app_pull**0.68 * (np.exp(-miles / 1.08) + 0.21 * np.exp(-miles / 5.7)) * np.exp(1.26 * taste) * ~reserved
    return Streets(
        hail=_cumulate(hail_pull * ~((hail_rank > ZONES - SILENT) | reserved), hail_to),
        app=_cumulate(app_pull * ~((app_rank > ZONES - SILENT) | reserved), app_to),
        opening=_cumulate(reserved.astype(float), app_to),
        road=(np.hypot((1 + 0.75 * miles / (miles + 6)) * miles, 1.6 * radius[:, None]) * np.exp(0.1 * detour)).ravel(),
        spread=(0.11 + 0.25 * np.exp(-miles / 1.5)).ravel(),
        pair=0.09 * pair.ravel(),
        zone=rng.standard_normal((3, ZONES)),
        slow=slow + 0.2 * reserved,
        borough=borough,
        reserved=reserved,
    )


def _places() -> Floats:
    """(ZONES, 5) x, y, radius in miles, slow, borough."""
    rows = []
    for number, (_, count, x, y, a, c, tilt, slow) in enumerate(BOROUGHS):
        i, t = np.arange(count), np.radians(tilt)
        r, turn = np.sqrt((i + 0.5) / count), GOLDEN_ANGLE * i
        u, v = a * r * np.cos(turn), c * r * np.sin(turn)
        shape = np.tile((np.sqrt(a * c / count), slow, number), (count, 1))
        rows.append(np.c_[x + u * np.cos(t) - v * np.sin(t), y + u * np.sin(t) + v * np.cos(t), shape])
    return np.concatenate(rows)


def _popularity(rng: np.random.Generator, x: Floats, y: Floats, borough: Ints) -> tuple[Ints, Ints]:
    """(ZONES,) twice: 1 is the zone where most hails, or app rides, begin. Hails gather around one spot up town."""
    far = 40 * (borough >= STATEN_ISLAND)
    hail = np.hypot(x + 0.3, y - 6.5) + 9 * rng.random(ZONES) + far
    app = rng.random(ZONES) + 0.062 * hail + 0.17 * (borough == MANHATTAN) + 0.25 * (borough == QUEENS) + far
    return _rank(hail), _rank(app)


def _rank(score: Floats) -> Ints:
    return np.argsort(np.argsort(score)) + 1


def _cumulate(start: Floats, to: Floats) -> Floats:
    total = np.cumsum(start[:, None] * to / to.sum(1, keepdims=True))
    return np.asarray(total / total[-1])
