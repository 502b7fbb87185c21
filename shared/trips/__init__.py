"""Where trips come from, and what a trip is.

>>> import trips
>>> raw = trips.open_source("city").month("2021-01")   # or "tlc", real months in TRIPS_DIR
>>> train, report = trips.clean(raw)                   # kept and servable; the report says what was dropped and why
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trips.city import Incident
    from trips.contract import (
        KEPT,
        KEPT_AND_SERVABLE,
        SERVABLE,
        Report,
        as_trips,
        clean,
        kept,
        servable,
    )
    from trips.errors import (
        BadColumn,
        BadFile,
        BadName,
        DownloadFailed,
        EmptyMonth,
        MonthUnavailable,
        NotParquet,
        TripsError,
        WrongMonth,
    )
    from trips.limits import MAX_MILES, TARGET, VALID_MINUTES, ZONE_IDS
    from trips.sources import City, Source, days, open_source
    from trips.tlc import Tlc

__all__ = [
    "KEPT", "KEPT_AND_SERVABLE", "MAX_MILES", "SERVABLE", "TARGET", "VALID_MINUTES", "ZONE_IDS", "BadColumn", "BadFile",
    "BadName", "City", "DownloadFailed", "EmptyMonth", "Incident", "MonthUnavailable", "NotParquet", "Report", "Source",
    "Tlc", "TripsError", "WrongMonth", "as_trips", "clean", "days", "kept", "open_source", "servable",
]  # fmt: skip


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """A public name, imported at its first use: pandas and pyarrow take a second, and `--help` needs neither."""
        if name in __all__:
            for home in ("errors", "limits", "contract", "city", "tlc", "sources"):
                module = import_module(f"{__name__}.{home}")
                if hasattr(module, name):
                    return globals().setdefault(name, getattr(module, name))
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
