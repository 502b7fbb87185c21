"""All figures of a stream, computed once, at hand for every section."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from yardstick.page.figures import Figures, figures, middle
from yardstick.page.lives import Stream, names, pick
from yardstick.results import World


class Shown(NamedTuple):
    """A life as a row shows it. each: one entry a world of the stream, None where it has no such life, or nobody there
    lived in the office that is asked for.
    """

    name: str
    label: str  # its name; its office where that is not the one asked for; how many seeds where not all have it
    home: str  # the office that it lived in; the one asked for where it needs none
    middle: Figures
    each: list[Figures | None]

    @property
    def sound(self) -> bool:
        """Whether it lived to the end in some world: what crashed everywhere is not ranked among the others."""
        return any(one is not None and not one.crashed for one in self.each)


@dataclass(frozen=True)
class Board:
    """One stream. levels: the plain ones of the whole comparison, lowest first; not each need have lived here."""

    stream: Stream
    offices: tuple[str, ...]
    levels: tuple[str, ...]
    rows: dict[str, tuple[Shown, ...]]  # office -> all lives, in the order of tables

    def of(self, name: str, office: str) -> Shown | None:
        return next((one for one in self.rows[office] if one.name == name), None)

    def ladder(self, office: str) -> list[Shown]:
        """The plain levels that can be compared, lowest first."""
        return [one for one in self.rows[office] if one.name in self.levels and one.sound]


def board(stream: Stream, offices: Sequence[str], levels: Sequence[str]) -> Board:
    """offices: all that the comparison has; a stream where nobody lived in one shows its lives from elsewhere."""
    known: dict[tuple[int, int], Figures] = {}

    def of(world: World, name: str, office: str) -> tuple[str | None, Figures] | None:
        life = pick(world, name, office)
        if life is None:
            return None
        key = (id(world), id(life))
        if key not in known:
            known[key] = figures(world, life)
        return life["office"], known[key]

    def shown(name: str, office: str) -> Shown:
        there = {world["seed"] for world in stream.of(office).worlds}
        found = [of(world, name, office) if world["seed"] in there else None for world in stream.worlds]
        lived_in = next(one[0] for one in found if one is not None)
        each = [None if one is None else one[1] for one in found]
        home = office if lived_in is None else lived_in
        some = [one for one in each if one is not None]
        notes = [f"{home} office"] if home != office else []
        notes += [f"{len(some)} of {len(there)} seeds"] if len(some) < len(there) else []
        return Shown(name, f"{name} ({', '.join(notes)})" if notes else name, home, middle(some), each)

    every = names(stream.worlds, levels)
    rows = {
        office: tuple(shown(name, office) for name in every if _lives(stream.of(office), name))
        for office in offices or [""]
    }
    return Board(stream, tuple(offices), tuple(levels), rows)


def paired(one: Shown, other: Shown, figure: str = "excess") -> list[tuple[float, float]]:
    """A figure of both, in each world that both lived to the end."""
    both = [(getattr(own, figure), getattr(its, figure)) for own, its in zip(one.each, other.each, strict=True)
            if own and its and not own.crashed and not its.crashed]  # fmt: skip
    return [(own, its) for own, its in both if own is not None and its is not None]


def _lives(stream: Stream, name: str) -> bool:
    return any(pick(world, name, "") is not None for world in stream.worlds)
