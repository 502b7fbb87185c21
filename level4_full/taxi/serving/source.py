"""The folder that a service follows: a table of routes, and the shelf with its models.

The last table that could be followed is kept beside it: a service that starts while the newest one is spoilt begins
with that.
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from taxi.errors import BadRoutes, TaxiError
from taxi.serving import routing, shelf
from taxi.serving.routing import Table
from taxi.serving.scorer import Pair

ROUTES, LAST_GOOD, SHELF, LOG = "routes.json", "routes.last-good.json", "models", "log"


@dataclass(frozen=True)
class Now:
    """What is followed at one moment: table and models belong together, and are swapped together."""

    table: Table
    models: Pair


class Source:
    """Where routes and models are looked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: object = None

    def first(self) -> tuple[Now, TaxiError | None]:
        """What to begin with, and what is wrong with the newest table when that is the last good one.

        Raises BadRoutes, BadModel or UnsafeModel where neither can be followed.
        """
        problem: TaxiError | None = None
        for name in (ROUTES, LAST_GOOD):
            try:
                table = routing.read(self.path / name)
                if name == ROUTES and (self.path / LAST_GOOD).exists():
                    not_older(table, routing.read(self.path / LAST_GOOD))
                now = Now(table, load(self.path, table))
            except TaxiError as error:
                problem = problem or error
                continue
            if problem is None:
                remember(self.path, table)
            return now, problem
        raise problem or BadRoutes("nothing is routed. Route: python route.py")

    def newest(self, now: Now, again: bool) -> Now | None:
        """What to follow from here on; None when the table's file has not changed. again: look all the same.

        Raises BadRoutes, BadModel or UnsafeModel for a table that cannot be followed.
        """
        seen = stamp(self.path / ROUTES)
        if seen is not None and seen == self._seen and not again:
            return None
        table = routing.read(self.path / ROUTES)
        not_older(table, now.table)
        if table != now.table:
            now = Now(table, now.models if same(table, now.table) else load(self.path, table))
            remember(self.path, table)
        self._seen = seen
        return now


def not_older(table: Table, last: Table) -> None:
    """Raises BadRoutes for a table of a loop that another one has taken over from."""
    if table.fence < last.fence:
        raise BadRoutes(
            f"the table of lease {table.fence} came after one of {last.fence}: an old loop wrote it. Run loop.py"
        )


def stamp(path: Path) -> tuple[int, int, int] | None:
    """Another one for another file, or another content; None when there is none."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_ino, stat.st_size


def same(one: Table, other: Table) -> bool:
    """Whether two tables need the same models."""
    return (one.champion, one.challenger) == (other.champion, other.challenger)


def load(folder: Path, table: Table) -> Pair:
    """The models of a table, from the shelf. Raises BadModel or UnsafeModel."""
    champion = shelf.get(folder / SHELF, table.champion.sha256)
    return Pair(champion, shelf.get(folder / SHELF, table.challenger.sha256) if table.challenger else None)


def remember(folder: Path, table: Table) -> None:
    """The last table that could be followed; where nothing can be written, the service does without."""
    with suppress(BadRoutes):
        routing.write(table, folder / LAST_GOOD)
