"""The service while it lives: how a trip becomes an answer, and what happens when a model or a table fails.

A request reads `now` once: table and models belong together, and are swapped together. A table that cannot be followed
(a damaged file, a missing model) changes nothing: the last good one stays, /ready says so, and it is tried again.
"""

import time
from threading import Lock

from taxi import store
from taxi.errors import TaxiError
from taxi.features import Floats
from taxi.serving.clock import Clock, OfTrips, wall
from taxi.serving.metrics import Metrics
from taxi.serving.prediction_log import PredictionLog
from taxi.serving.record import Ids, Predicted, line
from taxi.serving.rest import Rest
from taxi.serving.routing import CHALLENGER, CHAMPION, Table, Version, arm
from taxi.serving.scorer import Pair, Scores
from taxi.serving.source import LOG, Now, Source
from taxi.serving.trip import Answered, Asked
from taxi.settings import Settings

LOAD_SECONDS = 5.0  # two models are there in a tenth of one


class Live:
    """One service."""

    def __init__(
        self, settings: Settings, now: Now, log: PredictionLog | None, metrics: Metrics, problem: str | None = None
    ) -> None:
        self.now, self.log, self.metrics = now, log, metrics
        self._problem = problem
        self._looking, self._since = Lock(), 0.0  # since when somebody looks at the table's file; 0 for nobody
        token = settings.token.get_secret_value() if settings.token else ""
        self.ids = Ids(token.encode() or time.time_ns().to_bytes(8))
        self.loop = settings.state / "loop"
        self._source = None if settings.model_path else Source(settings.serving)
        self.rest = Rest()
        self.clock: Clock = OfTrips() if settings.clock == "trips" else wall
        metrics.follow(now.table)
        metrics.watch(lambda: self.problem is not None)

    def answer(self, trips: list[Asked], rows: Floats, shadow: bool = True) -> list[Answered]:
        """One answer a trip, each written down. rows: (n, 5) features of the trips."""
        now, clock, began = self.now, self.clock(trips), time.perf_counter()
        resting = self.rest.now
        scores = now.models.score(rows, shadow and not resting)
        if now.table.challenger is not None:
            if resting:
                scores = scores._replace(failed="resting")
            else:
                self.rest.after(scores.failed)
        answers = []
        for place, trip in enumerate(trips):
            request_id = self.ids.new(clock)
            variant = arm(trip.rider_id or request_id, now.table)
            if variant == CHALLENGER and scores.challenger is None:
                if scores.failed is None:  # nobody asked it: the shadow was shed; this trip is its own
                    scores = now.models.score(rows)
                if scores.challenger is None:
                    self.metrics.fell_back(scores.failed)
            answers.append(self._answered(trip, now.table, request_id, variant, scores, place, clock))
        self.metrics.took(time.perf_counter() - began)
        return answers

    def _answered(
        self, trip: Asked, table: Table, request_id: str, variant: str, scores: Scores, place: int, clock: float
    ) -> Answered:
        """One trip's answer, written down and counted; the champion's where the challenger said nothing."""
        first = float(scores.champion[place])
        second = None if scores.challenger is None else float(scores.challenger[place])
        by, version, minutes = CHAMPION, table.champion, first
        if variant == CHALLENGER and second is not None and table.challenger is not None:
            by, version, minutes = CHALLENGER, table.challenger, second
        if self.log is not None:
            self.log.append(line(Predicted(
                request_id, int(clock * 1000), self.ids.rider(trip.rider_id), table.experiment_id, table.generation,
                variant, by, version.number, trip.pickup_zone, trip.dropoff_zone, trip.distance_miles, trip.pickup_at,
                first, second, scores.failed, table.share)))  # fmt: skip
        self.metrics.answered(by, version.number)
        return Answered(minutes, version.number, by, table.experiment_id, request_id)

    def follow(self) -> bool:
        """Look at the table's file; follow it when it changed and can be. Whether there was something to follow.

        One looks at a time. A second one waits for LOAD_SECONDS, and then leaves it to the first.
        """
        if self._source is None or not self._looking.acquire(timeout=LOAD_SECONDS):
            return False
        try:
            self._since = time.monotonic()
            newest = self._source.newest(self.now, again=self._problem is not None)
            if newest is not None:
                self._swap(newest)
            return newest is not None
        except TaxiError as error:
            self._problem = str(error)
            return False
        finally:
            self._since = 0.0
            self._looking.release()

    def _swap(self, newest: Now) -> None:
        if newest is not self.now:
            self.now = newest
            self.rest = Rest()
            self.metrics.follow(newest.table)
        self._problem = None

    @property
    def problem(self) -> str | None:
        """Why the newest table is not followed; None when it is."""
        since = self._since
        if since and time.monotonic() - since > LOAD_SECONDS:
            return f"what is routed loads for more than {LOAD_SECONDS:g} s. Look at the models, then start it again"
        return self._problem

    def state(self) -> dict[str, str]:
        """What serves, in words, for /ready and the page."""
        table = self.now.table
        facts = {"status": "ready", "model_version": table.champion.number}
        if table.challenger is not None:
            facts |= {"challenger": table.challenger.number + (" (rests: it failed)" if self.rest.now else ""),
                      "share": f"{100 * table.share:g} %", "experiment_id": str(table.experiment_id)}  # fmt: skip
        if table.generation:
            facts["generation"] = str(table.generation)
        if table.fence:
            facts["fence"] = str(table.fence)
        return facts | ({"problem": self.problem} if self.problem else {})


def begin(settings: Settings) -> Live:
    """A service that is ready: of one file when the settings name one, else of the table in its folder.

    With a table that cannot be followed it begins with the last good one. Raises BadRoutes or BadModel without one.
    """
    log = None
    if settings.log:
        log = PredictionLog(settings.serving / LOG, settings.log_segment_bytes, settings.log_bytes)
    if settings.model_path is not None:
        loaded = store.load(settings.model_path)
        table = Table(Version(loaded.version, loaded.version))
        return Live(settings, Now(table, Pair(settings.model_path.read_bytes(), None)), log, Metrics(log))
    now, problem = Source(settings.serving).first()
    return Live(settings, now, log, Metrics(log), str(problem) if problem else None)
