"""The service while it lives: the table it follows, the models that are loaded, and how a trip becomes an answer.

A request reads `now` once: table and models belong together, and are swapped together. A table that cannot be followed
(a damaged file, a missing model) changes nothing: the last good one stays, /ready says so, and it is tried again.
"""

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from taxi import store
from taxi.errors import BadRoutes, TaxiError
from taxi.features import Floats
from taxi.serving import routing, shelf
from taxi.serving.metrics import Metrics
from taxi.serving.prediction_log import PredictionLog
from taxi.serving.record import Ids, Predicted, line
from taxi.serving.routing import CHALLENGER, CHAMPION, Table, Version, arm
from taxi.serving.scorer import Pair
from taxi.settings import Settings

ROUTES, LAST_GOOD, SHELF, LOG = "routes.json", "routes.last-good.json", "models", "log"
REST_SECONDS = (10.0, 300.0)  # a challenger that stalls is left alone so long, then twice as long, up to the second
FAILURES = 5  # one after the other, and it rests too


class Asked(NamedTuple):
    """A trip as somebody asked for it, checked. pickup_at: ISO text."""

    pickup_zone: int
    dropoff_zone: int
    distance_miles: float
    pickup_at: str
    rider_id: str | None = None


class Answered(NamedTuple):
    """What goes back. variant: which of the two models answered."""

    duration_minutes: float
    model_version: str
    variant: str
    experiment_id: str | None
    request_id: str


@dataclass(frozen=True)
class Now:
    """What is followed at one moment."""

    table: Table
    models: Pair


class Live:
    """One service. problem: why the newest table is not followed; None when it is."""

    def __init__(self, settings: Settings, now: Now, log: PredictionLog | None, metrics: Metrics) -> None:
        self.now, self.log, self.metrics = now, log, metrics
        self.problem: str | None = None
        token = settings.token.get_secret_value() if settings.token else ""
        self.ids = Ids(token.encode() or time.time_ns().to_bytes(8))
        self._folder = None if settings.model_path else settings.serving
        self._seen: object = None
        self._failures, self._rest, self._rest_until = 0, REST_SECONDS[0], 0.0
        metrics.follow(now.table)

    def answer(self, trips: list[Asked], rows: Floats, shadow: bool = True) -> list[Answered]:
        """One answer a trip, each written down. rows: (n, 5) features of the trips."""
        now, clock = self.now, time.time()
        table = now.table
        resting = time.monotonic() < self._rest_until
        scores = now.models.score(rows, shadow and not resting)
        failed = scores.failed or ("resting" if resting and table.challenger else None)
        if table.challenger is not None and not resting:
            self._look_after(scores.failed)
        answers = []
        for place, trip in enumerate(trips):
            request_id = self.ids.new(clock)
            variant = by = arm(trip.rider_id or request_id, table)
            if variant == CHALLENGER and scores.challenger is None:
                if failed is None:  # nobody asked it: the shadow was shed; this trip is its own
                    scores = now.models.score(rows)
                    failed = scores.failed
                if scores.challenger is None:
                    by = CHAMPION
                    self.metrics.fell_back(failed)
            first = float(scores.champion[place])
            second = None if scores.challenger is None else float(scores.challenger[place])
            version = table.champion if by == CHAMPION or table.challenger is None else table.challenger
            minutes = first if by == CHAMPION or second is None else second
            if self.log is not None:
                rider = self.ids.rider(trip.rider_id)
                self.log.append(line(Predicted(
                    request_id, int(clock * 1000), rider, table.experiment_id, table.generation, variant, by,
                    version.number, trip.pickup_zone, trip.dropoff_zone, trip.distance_miles, trip.pickup_at,
                    first, second, failed)))  # fmt: skip
            self.metrics.answered(by, version.number)
            answers.append(Answered(minutes, version.number, by, table.experiment_id, request_id))
        self.metrics.took(time.time() - clock)
        return answers

    def follow(self) -> bool:
        """Look at the table's file; follow it when it changed and can be. Whether something was swapped."""
        if self._folder is None:
            return False
        path = self._folder / ROUTES
        try:
            stat = path.stat()
            seen: object = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
        except OSError:
            seen = None
        if seen is not None and seen == self._seen and self.problem is None:
            return False
        try:
            table = routing.read(path)
            if table != self.now.table:
                self.now = Now(table, self.now.models if same(table, self.now.table) else load(self._folder, table))
                self._failures, self._rest, self._rest_until = 0, REST_SECONDS[0], 0.0
                remember(self._folder, table)
                self.metrics.follow(table)
            self._seen, self.problem = seen, None
        except TaxiError as error:
            self.problem = str(error)
        self.metrics.trouble(self.problem is not None)
        return self.problem is None

    def state(self) -> dict[str, str]:
        """What serves, in words, for /ready and the page."""
        table = self.now.table
        facts = {"status": "ready", "model_version": table.champion.number}
        if table.challenger is not None:
            rests = time.monotonic() < self._rest_until
            facts |= {"challenger": table.challenger.number + (" (rests: it failed)" if rests else ""),
                      "share": f"{100 * table.share:g} %", "experiment_id": str(table.experiment_id)}  # fmt: skip
        if table.generation:
            facts["generation"] = str(table.generation)
        return facts | ({"problem": self.problem} if self.problem else {})

    def _look_after(self, failed: str | None) -> None:
        """A challenger that stalls once, or fails time after time, rests."""
        self._failures = self._failures + 1 if failed else 0
        if failed == "stalled" or self._failures >= FAILURES:
            self._rest_until = time.monotonic() + self._rest
            self._rest, self._failures = min(2 * self._rest, REST_SECONDS[1]), 0


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


def begin(settings: Settings) -> Live:
    """A service that is ready: of one file when the settings name one, else of the table in its folder.

    With a table that cannot be followed it begins with the last good one. Raises BadRoutes or BadModel without one.
    """
    log = (
        PredictionLog(settings.serving / LOG, settings.log_segment_bytes, settings.log_bytes) if settings.log else None
    )
    metrics = Metrics(log)
    if settings.model_path is not None:
        loaded = store.load(settings.model_path)
        table = Table(Version(loaded.version, loaded.version))
        return Live(settings, Now(table, Pair(settings.model_path.read_bytes(), None)), log, metrics)
    problem: TaxiError | None = None
    for name in (ROUTES, LAST_GOOD):
        try:
            table = routing.read(settings.serving / name)
            live = Live(settings, Now(table, load(settings.serving, table)), log, metrics)
        except TaxiError as error:
            problem = problem or error
            continue
        if problem is None:
            remember(settings.serving, table)
        live.problem = str(problem) if problem else None
        metrics.trouble(problem is not None)
        return live
    raise problem or BadRoutes("nothing is routed. Route: python route.py")
