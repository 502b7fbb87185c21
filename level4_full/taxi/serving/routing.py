"""Who is answered by which model: a table that never changes once made, and a rule that needs no memory.

The same unit meets the same arm for a whole experiment, on every machine, after every restart; a growing share moves
nobody back; another experiment deals anew.
"""

import json
import os
import re
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from taxi.errors import BadRoutes

CHAMPION, CHALLENGER = "champion", "challenger"
BUCKETS = 10_000  # a share is a whole number of hundredths of a percent
NAME = re.compile(r"[\w.:-]{1,64}")  # an experiment's id keys the hash, which takes 64 bytes; it is a header too


@dataclass(frozen=True)
class Version:
    """A model that may answer: its number in the registry, and the sha256 of its file on the shelf."""

    number: str
    sha256: str


@dataclass(frozen=True)
class Table:
    """One state of the routing. share: part of the units that the challenger answers. generation: grows by a change.

    fence: the lease of the loop that wrote it; a service follows no lower one.
    """

    champion: Version
    challenger: Version | None = None
    share: float = 0.0
    experiment_id: str | None = None
    generation: int = 0
    fence: int = 0

    def __post_init__(self) -> None:
        """Raises BadRoutes for a share without a challenger, outside 0..1, or an experiment without a usable name."""
        if not 0 <= self.share <= 1:
            raise BadRoutes(f"a share is between 0 and 1, not {self.share}. Route again: python route.py --share 5")
        if self.challenger is None and (self.share or self.experiment_id):
            raise BadRoutes("a share needs a challenger. Name one: python promote.py VERSION --trial")
        if self.challenger is not None and not NAME.fullmatch(self.experiment_id or ""):
            raise BadRoutes(f"an experiment is named by 1 to 64 letters, digits and .:-_, not {self.experiment_id!r}")


def arm(unit: str, table: Table) -> str:
    """champion or challenger. unit: the rider, or the request where no rider is named."""
    if not table.share:
        return CHAMPION
    return CHALLENGER if bucket(unit, table.experiment_id or "") < round(table.share * BUCKETS) else CHAMPION


def bucket(unit: str, experiment_id: str) -> int:
    """0..9,999, equally likely. The experiment keys the hash: ("ab", "c") is not ("a", "bc"); two are independent."""
    digest = blake2b(unit.encode("utf-8", "surrogatepass"), key=experiment_id.encode(), digest_size=8).digest()
    return int.from_bytes(digest) % BUCKETS


def write(table: Table, path: Path) -> None:
    """Beside, fsync, rename: whoever reads meets the old table or the new one, whole. A table without a fence, which a
    person's verb writes, has the one that is there."""
    if not table.fence and path.exists():
        with suppress(BadRoutes):
            table = replace(table, fence=read(path).fence)
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("w", encoding="utf-8") as file:
            json.dump(asdict(table), file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise BadRoutes(f"{path} could not be written: {error.strerror}. Free space, or set TAXI_STATE") from error
    finally:
        with suppress(OSError):  # it has been renamed, or was never there
            beside.unlink()


def read(path: Path) -> Table:
    """The table in a file. Raises BadRoutes."""
    try:
        return of(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise BadRoutes(f"no routes at {path} ({error.strerror}). Route: python route.py") from None
    except (ValueError, TypeError, AttributeError) as error:
        raise BadRoutes(f"{path} is no table of routes ({error}). Route again: python route.py") from None


def of(values: dict[str, Any]) -> Table:
    """The table that was written. Raises TypeError or ValueError for what is none, BadRoutes for one that cannot be."""
    versions = {name: Version(**values[name]) for name in (CHAMPION, CHALLENGER) if values.get(name)}
    return Table(**{**values, CHALLENGER: None, **versions})
