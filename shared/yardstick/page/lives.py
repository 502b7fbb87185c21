"""Which streams, offices and lives a comparison has, and in which order they are shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from yardstick.results import LifeFound, Results, World

NAMES = {"real": "real", "shocked": "city", "placebo": "placebo"}  # World["kind"]: the stream's name
SAID = {"real": "the real stream", "city": "the shocked city", "placebo": "the placebo city, where nothing happens"}
OFFICES = ("fast", "central", "slow")
USUAL = "central"
NEVER, ORACLE = "never", "oracle"


@dataclass(frozen=True)
class Stream:
    """All worlds of a kind; they differ by their seeds."""

    name: str  # "real", "city" or "placebo"
    worlds: tuple[World, ...]

    @property
    def title(self) -> str:
        return SAID[self.name]

    @property
    def said(self) -> str:
        """Its length, and how many of it there are."""
        days, first = len(self.worlds[0]["days"]), self.worlds[0]["days"][0]
        if len(self.worlds) == 1:
            return f"{days} days from {first}"
        return f"{len(self.worlds)} seeds of {days} days each; a figure is their median"

    def of(self, office: str) -> "Stream":
        """The worlds that somebody lived in that office, so that all rows are of the same seeds; where none, all."""
        some = tuple(world for world in self.worlds if any(life["office"] == office for life in world["lives"]))
        return Stream(self.name, some or self.worlds)

    @property
    def incidents(self) -> list[str]:
        """Names of what happened, in the order of the first world that has it."""
        return list(dict.fromkeys(name for world in self.worlds for name in incident_names(world)))


def streams(results: Results) -> list[Stream]:
    """Those that are there, the real one first."""
    found = {name: tuple(one for one in results["worlds"] if one["kind"] == kind) for kind, name in NAMES.items()}
    return [Stream(name, worlds) for name, worlds in found.items() if worlds]


def offices(worlds: Iterable[World]) -> list[str]:
    """The offices that somebody really lived in, from fast to slow."""
    there = {life["office"] for world in worlds for life in world["lives"] if life["office"] is not None}
    return [*(name for name in OFFICES if name in there), *sorted(there - set(OFFICES))]


def usual(names: Sequence[str]) -> str:
    """The office that is shown first; empty where nobody works anywhere."""
    return USUAL if USUAL in names else names[0] if names else ""


def ladder(worlds: Iterable[World]) -> list[str]:
    """The names of the plain levels, lowest first."""
    named = folders(worlds)
    return sorted(named, key=lambda name: named[name])


def folders(worlds: Iterable[World]) -> dict[str, str]:
    """The folder of each plain level, by its name."""
    lives = (life for world in worlds for life in world["lives"])
    return {life["name"]: str(life["level"]) for life in lives if is_plain(life["name"], life["level"])}


def is_plain(name: str, level: str | None) -> bool:
    return level is not None and "," not in name


def plain_of(name: str, levels: Sequence[str]) -> str | None:
    """The level that a life is a variant of: "level 3" of "level 3, 7/14/28". None for all others."""
    plain = name.split(",")[0]
    return plain if "," in name and plain in levels else None


def names(worlds: Sequence[World], levels: Sequence[str]) -> list[str]:
    """All lives in the order of tables: the levels, their variants, those who need no level with the oracle last."""
    every = list(dict.fromkeys(life["name"] for world in worlds for life in world["lives"]))
    variants = [name for level in levels for name in every if plain_of(name, levels) == level]
    rest = [name for name in every if name not in levels and name not in variants]
    last = {NEVER: -1, ORACLE: 1}
    return [*levels, *variants, *sorted(rest, key=lambda name: last.get(name, 0))]


def pick(world: World, name: str, office: str) -> LifeFound | None:
    """A life in that office; one that needs no office; else in the first office that it lived in. None: not at all."""
    there = {life["office"]: life for life in reversed(world["lives"]) if life["name"] == name}
    ranked = [there[key] for key in (office, None, *OFFICES) if key in there]
    return ranked[0] if ranked else next(iter(there.values()), None)


def incident_names(world: World) -> list[str]:
    """Kinds in words; a kind that comes again is numbered."""
    kinds = [one["kind"].replace("_", " ") for one in world["incidents"]]
    return [f"{kind} {kinds[: at + 1].count(kind)}" if kinds.count(kind) > 1 else kind for at, kind in enumerate(kinds)]
