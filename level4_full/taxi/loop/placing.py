"""Who is to serve, as one value in the ledger; and making registry and routes say the same.

A promotion is a change of that value, whole or not at all. What follows from it may be done again and again: a loop
that was killed between two writes, or another one, ends where an uninterrupted one ends.
"""

import json
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from taxi.errors import BadModel
from taxi.registry import CHALLENGER, CHAMPION, PREVIOUS, Registry
from taxi.serving import routing, shelf, source
from taxi.serving.routing import Table, Version
from taxi.settings import Settings

FOLLOWS_SECONDS = 10.0


@dataclass(frozen=True)
class Placing:
    """Numbers of the registry. why: canary or probation, while a second model is asked beside the champion.

    share: part of the riders that the challenger answers.
    """

    champion: str | None = None
    challenger: str | None = None
    previous: str | None = None
    why: str = ""
    share: float = 0.0

    @property
    def beside(self) -> str | None:
        """Who is asked beside the champion: the canary, or on probation the one before."""
        return self.challenger or (self.previous if self.why == "probation" else None)


def canary(now: Placing, number: str, share: float) -> Placing:
    return replace(now, challenger=number, why="canary", share=share)


def alone(now: Placing) -> Placing:
    """The champion, and nobody beside it."""
    return replace(now, challenger=None, why="", share=0.0)


def promoted(now: Placing) -> Placing:
    """The challenger serves, and the one before is asked beside it."""
    return Placing(now.challenger, None, now.champion, "probation" if now.champion else "")


def returned(now: Placing) -> Placing:
    """The one before serves again; it has nothing to fall back to."""
    return Placing(now.previous)


def settle(
    want: Placing, registry: Registry, settings: Settings, fence: int, check: Callable[[], None]
) -> Table | None:
    """Riders first, then the aliases; what is as it should be is left alone. check: raises when the lease is gone.

    The table is written anew each time, with the fence of who writes: services refuse an older one.
    """
    if want.champion is None:
        return None
    path = settings.serving / source.ROUTES
    before = routing.read(path) if path.exists() else None
    champion = _placed(registry, want.champion, settings)
    beside = _placed(registry, want.beside, settings) if want.beside else None
    name = f"{want.champion}-{want.beside}-{want.why}" if beside else None
    generation = before.generation + 1 if before else 1
    table = Table(champion, beside, want.share if beside else 0.0, name, generation, fence)
    check()
    routing.write(table, path)
    aliases, changed = registry.aliases(), False
    for alias, number in ((PREVIOUS, want.previous), (CHAMPION, want.champion), (CHALLENGER, want.challenger)):
        if aliases.get(alias) != number:
            check()
            registry.point(alias, number)
            changed = True
    if changed:
        registry.repaired()  # stages follow the aliases
    return table


def _placed(registry: Registry, number: str, settings: Settings) -> Version:
    """A version of the registry, its bytes checked, on the shelf; one that lies there already is not asked for."""
    recorded, place = registry.digest(number), settings.serving / source.SHELF
    try:
        shelf.get(place, recorded)
    except BadModel:
        shelf.put(place, registry.graph(registry.version(number)))
    return Version(number, recorded)


def followed(table: Table, address: str | None) -> str:
    """What the service says about it: it follows by itself, and is waited for a few seconds."""
    if address is None:
        return "no service is named (TAXI_SERVICE): it follows when it looks"
    said: Any = "no answer"
    until = time.monotonic() + FOLLOWS_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/ready", timeout=2) as reply:
                said = json.loads(reply.read())
            if said.get("generation") == str(table.generation) and said.get("fence") == str(table.fence):
                return f"the service follows: version {said['model_version']}, generation {table.generation}"
        except (OSError, ValueError) as error:
            said = error
        time.sleep(0.1)
    return f"the service at {address} does not follow within {FOLLOWS_SECONDS:g} s: {said}"
