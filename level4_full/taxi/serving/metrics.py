"""What Prometheus is told. Labels take few values: arms, versions that serve now, reasons; never a rider or a zone."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from taxi.serving.prediction_log import PredictionLog
from taxi.serving.routing import Table

BUCKETS = (5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 5e-2, 0.25)


class Metrics:
    """The figures of one service."""

    def __init__(self, log: PredictionLog | None) -> None:
        self.registry = CollectorRegistry()
        self._predictions = Counter(
            "predictions", "Trips answered", ["variant", "model_version"], registry=self.registry
        )
        self._seconds = Histogram("predict_seconds", "Time for one request's models and log", buckets=BUCKETS,
                                  registry=self.registry)  # fmt: skip
        self._fallback = Counter("fallback", "Trips the champion answered for the challenger", ["reason"],
                                 registry=self.registry)  # fmt: skip
        self._shed = Counter("shed", "Work that was not done under load", ["kind"], registry=self.registry)
        self._share = Gauge("challenger_share", "Part of the riders that meet the challenger", registry=self.registry)
        self._generation = Gauge("routes_generation", "Which table of routes is followed", registry=self.registry)
        self._trouble = Gauge("routes_trouble", "1 while the newest table cannot be followed", registry=self.registry)
        lost = Gauge("prediction_log_lost_total", "Answers that could not be written down", registry=self.registry)
        lost.set_function(lambda: log.lost if log else 0)
        self.took = self._seconds.observe
        self._shadow, self._refused = self._shed.labels("shadow"), self._shed.labels("request")

    def follow(self, table: Table) -> None:
        """Another table."""
        self._share.set(table.share)
        self._generation.set(table.generation)

    def answered(self, variant: str, model_version: str) -> None:
        """A request may still be of the table before: it brings its own version."""
        self._predictions.labels(variant, model_version).inc()

    def fell_back(self, reason: str | None) -> None:
        self._fallback.labels(reason or "unknown").inc()

    def shed_shadow(self) -> None:
        self._shadow.inc()

    def refused(self) -> None:
        self._refused.inc()

    def watch(self, trouble: Callable[[], bool]) -> None:
        """Whether there is trouble is asked when somebody looks."""
        self._trouble.set_function(trouble)
