"""A month of rides before anything goes wrong: when, from where to where, how far, how long.

Two kinds of ride share the streets. Hails: metered, short, from few zones. App rides (TLC's null group): longer, from
everywhere. All draws of a month are made at once, and each has a name: an incident moves no other draw.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from trips.city.map import ZONES, Bools, Floats, Ints, Streets, streets

Days = npt.NDArray[np.datetime64]
EPOCH = np.datetime64("2018-01-01")  # a Monday; days and their moods are counted from here, whatever month is asked
MOOD_DAYS = 8000
UNIFORM = (  # the draws of a ride, in this order
    "hour", "second", "where", "opens", "rough", "fate", "v", "w", "x", "huge", "kilometres", "nulls", "minus_one",
    "place", "card", "refund", "app_tip", "app_extra", "toll", "congestion", "group", "maker", "seats", "stay",
)  # fmt: skip
NORMAL = ("miles", "minutes", "fare")

PER_DAY = np.array([[1340, 1390, 1430, 1470, 1455, 1250, 875], [1405, 1485, 1530, 1495, 1455, 655, 525]])  # Mon..Sun
HOURS = np.array(  # % of rides in each hour: hails on weekdays, at weekends; app rides on weekdays, at weekends
    [
        [.9, .6, .3, .3, .2, .7, 2, 4, 6, 6.6, 6.4, 6.2, 6.2, 6.7, 7.1, 7.7, 8.5, 7.6, 6.9, 5.6, 3.7, 2.5, 2, 1.5],
        [1.3, .9, .5, .3, .4, .5, .9, 2.1, 3.5, 4.7, 5.8, 6.6, 7.1, 8.2, 8.5, 9.4, 8.4, 7.4, 6.7, 5.5, 3.7, 3, 2.5, 2],
        [.3, .2, .1, .2, .6, 1.7, 3, 6, 8.3, 10.4, 10.6, 9.3, 8.7, 8.7, 7.5, 6.6, 5.6, 3.9, 2.8, 2.3, 1.5, .9, .7, .5],
        [.6, .5, .3, .3, 1.2, 1.7, 1.9, 3.8, 5.7, 7.3, 8, 8.2, 9.3, 9.2, 8.5, 6.9, 5.8, 4.9, 3.9, 3.7, 3.3, 2, 1.9, 1.1]
    ]
)  # fmt: skip
MILES = np.array([0.1, 0.3, 0.6, 1, 2, 4, 7, 12, 20, 35])
MPH = np.array([4.8, 7.0, 8.2, 9.0, 10.0, 12.1, 16.8, 20.8, 25.8, 33])  # at MILES, around midday
HURRY = np.array(  # speed by hour of the day, relative to midday
    [1.29, 1.21, 1.23, 1.68, 1.53, 1.83, 1.44, 1.12, 1.03, 1.01, .99, .98,
     .94, .91, .87, .88, .85, .89, .95, 1.05, 1.12, 1.15, 1.19, 1.2]
)  # fmt: skip
WEEKDAY = np.array([0, 0, 0, 0, 0, -0.03, -0.09])  # ln minutes, as everything below
SEASON = np.array([-0.06, 0.005, -0.005, 0.01, 0.03, 0.035, -0.01, -0.01, 0.05, 0.02, -0.01, -0.03])  # at mid-month
APP, HAIL = 0.05, -0.11
LOCKDOWN_EMPTIES = 0.27


@dataclass(frozen=True)
class Rides:
    """(n,) each, hails first, then app rides, each in order of time."""

    app: Bools
    day: Ints  # of the month, from 0
    weekday: Ints  # Monday 0
    second: Ints  # of the day
    pick: Ints  # zone from 0
    drop: Ints
    miles: Floats  # as driven
    minutes: Floats
    u: dict[str, Floats]  # the draws that dirt and money still use
    z: dict[str, Floats]

    @property
    def hour(self) -> Ints:
        return self.second // 3600


def moods(days: Days, seed: int) -> Floats:
    """(2, n_days) standard normal, the day's traffic and demand; neighbouring days correlate by a half."""
    shocks = np.random.default_rng([seed, 1]).standard_normal((2, MOOD_DAYS))
    number = (days - EPOCH).astype(int)
    return np.stack([np.convolve(s, 0.5 ** np.arange(12) * 0.75**0.5)[number] for s in shocks])


def rides(days: Days, seed: int, hit: dict[str, Floats]) -> Rides:
    """The rides of a month. days: all of its days. hit: strength of each kind of incident on each day."""
    weekday, (traffic, demand) = (days - EPOCH).astype(int) % 7, moods(days, seed)
    count = np.rint(PER_DAY[:, weekday] * np.exp(0.06 * demand)).astype(int)
    app = np.repeat([False, True], count.sum(1))
    day = np.concatenate([np.repeat(np.arange(len(days)), n) for n in count])
    year, month = (int(part) for part in str(days[0]).split("-")[:2])
    rng, n = np.random.default_rng([seed, year, month]), len(day)
    u = dict(zip(UNIFORM, rng.random((len(UNIFORM), n)), strict=True))
    z = dict(zip(NORMAL, rng.standard_normal((len(NORMAL), n)), strict=True))

    second = _second(u, app, weekday[day] > 4)
    second = second[np.lexsort((second, day, app))]
    streets_ = streets()
    cell = _cell(u, app, streets_, hit["new_zones"][day])
    pick, drop = np.divmod(cell, ZONES)
    miles = streets_.road[cell] * np.exp(streets_.spread[cell] * z["miles"])
    speed = np.interp(np.log(miles), np.log(MILES), MPH) * HURRY[second // 3600]
    slow = (
        _jam(days, traffic, hit)[day] * _felt(second // 3600, miles) + WEEKDAY[weekday[day]] + np.where(app, APP, HAIL)
    )
    zone = _zone(days, streets_)
    noise = (0.19 + 0.3 * np.exp(-miles / 0.5)) * np.where(u["rough"] < 0.1, 2.2, 1) * z["minutes"]
    minutes = 60 * miles / speed * np.exp(slow + zone[pick] + zone[drop] + streets_.pair[cell] + noise)
    return Rides(app, day, weekday[day], second, pick, drop, miles, minutes, u, z)


def _second(u: dict[str, Floats], app: Bools, weekend: Bools) -> Ints:
    clock = np.cumsum(HOURS, axis=1) / HOURS.sum(1, keepdims=True)
    hour = (u["hour"][:, None] >= clock[2 * app + weekend][:, :-1]).sum(1)
    return np.asarray(3600 * hour + np.floor(3600 * u["second"]), dtype=np.int64)


def _cell(u: dict[str, Floats], app: Bools, streets_: Streets, opened: Floats) -> Ints:
    """(n,) pair of zones: one uniform number, looked up in the table of its kind of ride."""
    tables = (streets_.app, streets_.hail, streets_.opening)
    by_app, by_hail, by_opening = (np.searchsorted(table, u["where"], "right") for table in tables)
    return np.where(u["opens"] < opened, by_opening, np.where(app, by_app, by_hail))


def _jam(days: Days, traffic: Floats, hit: dict[str, Floats]) -> Floats:
    """(n_days,) ln minutes: season, a slow rise over the years, the day's mood, and incidents."""
    months = np.arange(-1, 13)
    date = (days - days.astype("M8[Y]")).astype(float)
    season = np.interp(date, 30.4 * months + 15, SEASON[months % 12])
    jam = season + 0.01 * _years(days) + 0.035 * traffic
    return np.asarray(jam + np.log1p(hit["slowdown"]) - LOCKDOWN_EMPTIES * hit["lockdown"])


def _felt(hour: Ints, miles: Floats) -> Floats:
    """How much of a jam a ride feels: most at 15:30 and on long rides. Day-to-day statistics hang on this factor."""
    return np.asarray((1 + 0.5 * np.cos(2 * np.pi * (hour - 15.5) / 24)) * (0.75 + 0.6 * np.minimum(miles, 8) / 8))


def _zone(days: Days, streets_: Streets) -> Floats:
    """(ZONES,) ln minutes: every zone's own speed drifts, once around in seven years."""
    turn = 2 * np.pi * _years(days)[0] / 7
    own, cosine, sine = streets_.zone
    return np.asarray(streets_.slow + 0.1 * own + 0.05 * (cosine * np.cos(turn) + sine * np.sin(turn)))


def _years(days: Days) -> Floats:
    return np.asarray((days - np.datetime64("2021-01-15")).astype(float) / 365.25)
