"""What a hypothesis asks of a stream: the lives of each of its worlds, by name."""

from collections.abc import Callable, Sequence

import numpy as np

from yardstick.results import LifeFound, World
from yardstick.score import excess, mae

Answer = tuple[bool | None, str]
Named = str | tuple[str, str]  # a life; a life and the office that it must have been lived in
NOT_RUN: Answer = (None, "a life that it needs was not run")


class Lives:
    """The lives of a world by name, people's in one office. Those that crashed are not there."""

    def __init__(self, world: World, office: str) -> None:
        self.world = world
        self.lives = {
            one["name"]: one for one in world["lives"] if one["office"] in (None, office) and not one["crashed"]
        }
        self.offices = {(one["name"], one["office"]): one for one in world["lives"] if not one["crashed"]}

    def has(self, *names: Named) -> bool:
        return all(name in self.lives or name in self.offices for name in names)

    def mae(self, name: str, first: int | None = None) -> float:
        return float(mae(self.lives[name], first) or np.nan)

    def excess(self, name: str) -> float:
        return float(excess(self.lives[name], self.lives["oracle"]) or 0.0)


def needs(*names: Named) -> Callable[[Callable[[Sequence[Lives]], Answer]], Callable[[Sequence[Lives]], Answer]]:
    """A rule on the worlds that have these lives: how many, where not all have; where none has, it cannot be said."""

    def wrapped(rule: Callable[[Sequence[Lives]], Answer]) -> Callable[[Sequence[Lives]], Answer]:
        def asked(worlds: Sequence[Lives]) -> Answer:
            some = [world for world in worlds if world.has(*names)]
            held, said = rule(some) if some else NOT_RUN
            return held, said if len(some) in (0, len(worlds)) else f"{said} ({len(some)} of {len(worlds)} seeds)"

        return asked

    return wrapped


def ratio(worlds: Sequence[Lives], one: str, other: str) -> float:
    """How much more one errs than the other, a share; the mean of the worlds."""
    return float(np.mean([world.mae(one) / world.mae(other) - 1 for world in worlds]))


def acts(life: LifeFound, kinds: set[str]) -> int:
    return sum(act["kind"] in kinds for act in life["acts"])
