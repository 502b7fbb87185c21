"""What a comparison found, as results.json has it: minutes of trips, hours of people, seconds of machines."""

from typing import TypedDict


class Act(TypedDict):
    """Something that was done, or happened: who deployed what and when, who was told, who refused."""

    day: str  # ISO
    kind: str  # one of `life.KINDS`
    said: str


class LifeFound(TypedDict):
    """One life in one world. Lists have an entry a day, in the order of World["days"]."""

    name: str  # "level 3", "level 0, diligent", "never", "oracle"
    level: str | None  # the level's folder; None for one that needs no level
    office: str | None  # "fast", "central" or "slow"; None where nobody works
    errors: list[float]  # sum of absolute errors, minutes; whole ones in a report
    trips: list[int]  # how many it answered and was scored on
    bad: list[int]  # answers off by more than 5 minutes and more than half of the truth
    worst: dict[str, float]  # borough -> mean absolute error of the whole year, minutes
    acts: list[Act]
    hours: dict[str, float]  # task -> hours of people
    fits: int
    seconds: float  # of the machine; the only thing here that differs from run to run
    crashed: str | None  # why, and then the lists end on the day before


class Happening(TypedDict):
    """What happened to the world, known to nobody who lives in it."""

    kind: str  # as trips.city.incidents has it; "lockdown" on the real stream
    start: str
    end: str
    size: float


class World(TypedDict):
    """One stream of days."""

    source: str  # "tlc" or "city"
    seed: int
    kind: str  # "real", "shocked" or "placebo"
    code: str  # of the levels that lived it, a hash
    days: list[str]
    incidents: list[Happening]
    lives: list[LifeFound]


class Judged(TypedDict):
    """A hypothesis of the protocol on one stream. held: None where this run cannot say."""

    name: str  # "H1"
    text: str
    stream: str  # "real", "city" or "placebo"
    held: bool | None
    found: str  # the figures, in words


class Climb(TypedDict):
    """What a level costs to have."""

    level: str  # the folder
    lines: int  # of code, without tests, lessons and locks
    files: int
    dependencies: int  # packages in the lock
    concepts: int  # rooms of taxi/ and verbs: things with a name to learn
    setup_seconds: float | None
    ci_seconds: float | None


class Results(TypedDict):
    """All of it."""

    protocol: str  # sha256 of protocol.md
    made_by: str  # the command; several with && between them
    worlds: list[World]
    hypotheses: list[Judged]
    climb: list[Climb]
