"""What a trip really took, told afterwards by whoever drove it: once, twice the same, corrected, late, or invented."""

from collections import OrderedDict
from enum import StrEnum

from taxi.serving.prediction_log import PredictionLog
from taxi.serving.record import Finished, Ids, line

LATE_HOURS = 24  # of the answer; analysis has counted the trip as without a label by then
REMEMBERED = 100_000


class Told(StrEnum):
    """What became of it. recorded: the first. known: the same again. corrected: another value, which counts now.

    unknown: no id of this service. lost: it could not be written down, and must be told again.
    """

    RECORDED = "recorded"
    KNOWN = "known"
    CORRECTED = "corrected"
    UNKNOWN = "unknown"
    LOST = "lost"


class Finishes:
    """Takes outcomes. Remembers the latest 100,000; one that is told again later is written twice, and counts once."""

    def __init__(self, ids: Ids, log: PredictionLog | None) -> None:
        self._ids, self._log = ids, log
        self._told: OrderedDict[str, float] = OrderedDict()

    def take(self, request_id: str, minutes: float, now_ms: int) -> tuple[Told, bool]:
        """What became of it, and whether it was late."""
        made = self._ids.made_at(request_id)
        if made is None:
            return Told.UNKNOWN, False
        late = now_ms - made > LATE_HOURS * 3_600_000
        before = self._told.get(request_id)
        if before == minutes:
            return Told.KNOWN, late
        if self._log is None or not self._log.append(line(Finished(request_id, now_ms, minutes))):
            return Told.LOST, late
        self._told[request_id] = minutes
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return (Told.RECORDED if before is None else Told.CORRECTED), late
