"""What a hypothesis asks of a stream: the lives of each of its worlds, by name."""

from collections.abc import Callable, Sequence

import numpy as np

from yardstick.results import LifeFound, World
from yardstick.score import excess, mae

Answer = tuple[bool | None, str]
NOT_RUN: Answer = (None, "a life that it needs was not run")


class Lives:
    """The lives of a world by name, people's in one office. Those that crashed are not there."""

    def __init__(self, world: World, office: str) -> None:
        self.world = world
        self.lives = {
            one["name"]: one for one in world["lives"] if one["office"] in (None, office) and not one["crashed"]
        }
        self.offices = {(one["name"], one["office"]): one for one in world["lives"] if not one["crashed"]}

    def has(self, *names: str) -> bool:
        return set(names) <= set(self.lives)

    def mae(self, name: str, first: int | None = None) -> float:
        return float(mae(self.lives[name], first) or np.nan)

    def excess(self, name: str) -> float:
        return float(excess(self.lives[name], self.lives["oracle"]) or 0.0)


def needs(*names: str) -> Callable[[Callable[[Sequence[Lives]], Answer]], Callable[[Sequence[Lives]], Answer]]:
    """A rule on the worlds that have these lives; where none has them, it cannot be said."""

    def wrapped(rule: Callable[[Sequence[Lives]], Answer]) -> Callable[[Sequence[Lives]], Answer]:
        def asked(worlds: Sequence[Lives]) -> Answer:
            some = [world for world in worlds if world.has(*names)]
            return rule(some) if some else NOT_RUN

        return asked

    return wrapped


def ratio(worlds: Sequence[Lives], one: str, other: str) -> float:
    """How much more one errs than the other, a share; the mean of the worlds."""
    return float(np.mean([world.mae(one) / world.mae(other) - 1 for world in worlds]))


def acts(life: LifeFound, kinds: set[str]) -> int:
    return sum(act["kind"] in kinds for act in life["acts"])
