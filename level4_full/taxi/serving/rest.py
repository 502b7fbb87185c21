"""When a challenger is left alone: it stalled once, or failed time after time. Each rest is twice as long."""

import time

SECONDS = (10.0, 300.0)  # the first rest, and the longest
FAILURES = 5  # one after the other


class Rest:
    """Of one challenger."""

    def __init__(self) -> None:
        self.until = 0.0  # by the monotonic clock
        self._failures, self._next = 0, SECONDS[0]

    @property
    def now(self) -> bool:
        return time.monotonic() < self.until

    def after(self, failed: str | None) -> None:
        """What came of asking it: None, or "raised", "stalled", "nan"."""
        self._failures = self._failures + 1 if failed else 0
        if failed == "stalled" or self._failures >= FAILURES:
            self.until = time.monotonic() + self._next
            self._next, self._failures = min(2 * self._next, SECONDS[1]), 0
