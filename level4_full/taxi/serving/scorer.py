"""Champion and challenger as one graph: one call asks both. The champion alone stays at hand for when that fails."""

import time
from threading import Thread
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import onnx
from onnx import compose, helper

from taxi.features import Floats
from taxi.graph import INPUT, OUTPUT, Scorer, session

STALL_SECONDS = 0.25  # a call takes 20 microseconds: whatever needs this long will not end
LOOK_SECONDS = 0.05

Minutes = npt.NDArray[np.float64]


class Scores(NamedTuple):
    """(n,) minutes of each. failed: why the challenger has none ("raised", "stalled", "nan"), or None."""

    champion: Minutes
    challenger: Minutes | None = None
    failed: str | None = None


class Pair:
    """Two models that are asked together. Raises UnsafeModel, as `taxi.graph.Scorer` does, for either."""

    def __init__(self, champion: bytes, challenger: bytes | None) -> None:
        self._champion = Scorer(champion)
        self._both = None
        if challenger is not None:
            Scorer(challenger)  # inspected and tried alone before it comes near the champion
            self._both = session(joined(champion, challenger))

    def score(self, rows: Floats, shadow: bool = True) -> Scores:
        """The champion's minutes always; the challenger's as well, unless it fails or shadow is False."""
        if self._both is None or not shadow:
            return Scores(self._champion.predict(rows))
        try:
            one, two = WATCH.run(self._both, [f"a_{OUTPUT}", f"b_{OUTPUT}"], {INPUT: rows})
        except Exception:  # onnxruntime raises a dozen kinds
            return Scores(self._champion.predict(rows), failed="stalled" if WATCH.stopped else "raised")
        first, second = one[:, 0].astype(np.float64), two[:, 0].astype(np.float64)
        if not np.isfinite(second).all():
            return Scores(first, failed="nan")
        return Scores(first, second)


def joined(champion: bytes, challenger: bytes) -> bytes:
    """One graph that takes a trip and gives a_minutes and b_minutes."""
    parts = []
    for prefix, data in (("a_", champion), ("b_", challenger)):
        model = compose.add_prefix(onnx.load_model_from_string(data), prefix)
        for node in model.graph.node:
            for place, name in enumerate(node.input):
                node.input[place] = INPUT if name == prefix + INPUT else name
        model.graph.input[0].name = INPUT
        parts.append(model)
    one, two = parts
    graph = helper.make_graph(
        [*one.graph.node, *two.graph.node], "trip_durations", one.graph.input,
        [*one.graph.output, *two.graph.output], [*one.graph.initializer, *two.graph.initializer],
    )  # fmt: skip
    whole = helper.make_model(graph, opset_imports=one.opset_import, ir_version=one.ir_version)
    return bytes(whole.SerializeToString())


class Watch:
    """Ends a call that does not end by itself: ONNX Runtime looks between its steps whether it was told to stop."""

    def __init__(self) -> None:
        self.stopped = False  # whether the last call that failed was ended by this watch
        self._began: float | None = None
        self._options: Any = None
        self._thread: Thread | None = None

    def run(self, asked: Any, outputs: list[str], inputs: dict[str, Floats]) -> Any:
        """As the session's own run."""
        if self._thread is None:
            self._begin()
        self.stopped, self._began = False, time.monotonic()
        try:
            return asked.run(outputs, inputs, self._options)
        finally:
            self._began = None

    def _begin(self) -> None:
        import onnxruntime

        self._options = onnxruntime.RunOptions()
        self._thread = Thread(target=self._look, daemon=True, name="watch")
        self._thread.start()

    def _look(self) -> None:
        import onnxruntime

        while True:
            time.sleep(LOOK_SECONDS)
            began = self._began
            if began is not None and time.monotonic() - began > STALL_SECONDS and began == self._began:
                late, self._options = self._options, onnxruntime.RunOptions()  # first: the next call gets new ones
                self.stopped, late.terminate = True, True


WATCH = Watch()
