"""The worlds that a comparison runs: the real stream, and cities with known truth."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from trips import Incident
from yardstick.results import Happening
from yardstick.year import Year

REAL = (date(2020, 3, 22), date(2021, 5, 31))
CITY = (date(2021, 1, 11), date(2022, 1, 9))
SHORT_DAYS = 120
KINDS = {"tlc": "real", "city": "shocked", "placebo": "placebo"}  # what is asked for: the kind of its worlds
LOCKDOWN: Happening = {"kind": "lockdown", "start": "2020-03-22", "end": "2020-06-08", "size": 0.0}  # New York's own


@dataclass(frozen=True)
class Where:
    """Which world. source: of its trips; kind: one of the values of KINDS."""

    source: str
    seed: int
    kind: str
    short: bool = False

    @property
    def name(self) -> str:
        return f"{self.source}-{self.seed}-{self.kind}" + ("-short" if self.short else "")

    def year(self) -> Year:
        first, last = REAL if self.source == "tlc" else CITY
        if self.short:
            last = first + timedelta(days=SHORT_DAYS - 1)
        incidents = happenings(self.seed, first, self.short) if self.kind == "shocked" else []
        return Year(self.source, self.seed, first, last, incidents)

    def happened(self) -> list[Happening]:
        """For the page."""
        if self.source == "tlc":
            return [LOCKDOWN]
        return [
            {"kind": one.kind, "start": one.start, "end": one.end, "size": one.size} for one in self.year().incidents
        ]


def every(sources: str, seeds: int, short: bool = False) -> list[Where]:
    """The worlds of these KINDS, a blank between two; of the simulated ones each seed. short: 120 days."""
    return [
        Where("tlc" if name == "tlc" else "city", seed, KINDS[name], short)
        for name in sources.split()
        for seed in ([0] if name == "tlc" else range(1, seeds + 1))
    ]


def happenings(seed: int, first: date, short: bool = False) -> list[Incident]:
    """Two that change the world, and three that only spoil the days; the short year has one of each."""
    chance = np.random.default_rng(seed)

    def one(kind: str, earliest: int, latest: int, days: int, size: float) -> Incident:
        start = first + timedelta(days=int(chance.integers(earliest, latest)))
        return Incident(kind, str(start), str(start + timedelta(days=days)), size)

    if short:
        return [one("kilometres", 15, 25, 7, 1.0), one("lockdown", 40, 50, 55, 0.6)]
    return [
        one("kilometres", 25, 45, 7, 1.0), one("lockdown", 60, 100, 55, 0.6), one("minus_one", 175, 190, 3, 0.3),
        one("slowdown", 205, 235, 10, 0.2), one("nulls", 260, 280, 3, 0.3), one("kilometres", 300, 320, 7, 1.0),
    ]  # fmt: skip
