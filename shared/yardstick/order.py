"""What a comparison is asked for, as the words of `make compare`, and the results that come of it."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from yardstick import hypotheses
from yardstick.office import NAMES
from yardstick.results import Climb, Results, World
from yardstick.worlds import KINDS, Where, every

SWITCHES = ("FULL", "VARIANTS", "SHORT", "ADD")


@dataclass(frozen=True)
class Order:
    """source, office: names with a blank between two; the hypotheses are judged in the first office.

    full: every office, and what each capability contributes (variants). short: 120 days. add: keep the other worlds of
    the results that are there. Raises ValueError for names that are none.
    """

    source: str = "city"
    seeds: int = 1
    office: str = "central"
    full: bool = False
    variants: bool = False
    short: bool = False
    add: bool = False

    def __post_init__(self) -> None:
        for said, names, known in (("--source", self.source, KINDS), ("--office", self.office, NAMES)):
            if not names.split() or set(names.split()) - set(known):
                raise ValueError(f"{said} is of {', '.join(known)}; several with a blank between them")

    @classmethod
    def of(cls, command: str) -> "Order":
        """The one whose `command` this is."""
        said = dict(word.split("=", 1) for word in shlex.split(command)[2:])
        return cls(said["SOURCE"], int(said["SEEDS"]), said["OFFICE"], *(name in said for name in SWITCHES))

    @property
    def worlds(self) -> list[Where]:
        return every(self.source, self.seeds, self.short)

    @property
    def places(self) -> list[tuple[str, int]]:
        """`which` of its worlds."""
        return [(where.kind, where.seed) for where in self.worlds]

    @property
    def offices(self) -> list[str]:
        return list(dict.fromkeys([*self.office.split(), *(NAMES if self.full else ())]))

    @property
    def command(self) -> str:
        """That makes it again."""
        words = [f"SOURCE={shlex.quote(self.source)}", f"SEEDS={self.seeds}", f"OFFICE={shlex.quote(self.office)}"]
        switches = [f"{name}=1" for name in SWITCHES if getattr(self, name.lower())]
        return " ".join(["make", "compare", *words, *switches])

    def results(self, found: Sequence[World], there: Results | None, climb: list[Climb]) -> Results:
        """The worlds that were lived, judged together with those of `there` that were not lived again."""
        lived = {which(world) for world in found}
        worlds = [world for world in there["worlds"] if which(world) not in lived] if there and self.add else []
        before = there["made_by"].split(" && ") if there and worlds else []
        needed = [one for one in before if not set(Order.of(one).places) <= set(self.places)]
        made_by = " && ".join([*needed, self.command])
        worlds = sorted([*worlds, *found], key=lambda world: (list(KINDS.values()).index(world["kind"]), world["seed"]))
        return {"protocol": hypotheses.protocol_hash(), "made_by": made_by, "worlds": worlds,
                "hypotheses": hypotheses.judge(worlds, self.offices[0]), "climb": climb}  # fmt: skip


def which(world: World) -> tuple[str, int]:
    return world["kind"], world["seed"]
