"""TLC's public monthly files, and its zone table, fetched into TRIPS_DIR."""

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pandas as pd

from trips import spans, tlc
from trips.download import Patience, download
from trips.errors import BadFile, BadName, MonthUnavailable, WrongMonth
from trips.limits import ZONE_IDS

TLC = "https://d37ci6vzurychx.cloudfront.net"


def expand(names: Sequence[str]) -> list[str]:
    """The months named, each once, in the order given; "2020-03..2021-05" names fifteen. Raises BadName.

    Days, as "2020-03-22..2020-04-18", are one name among them, wherever they are read and not fetched.
    """
    months: list[str] = []
    for name in names:
        if spans.ends(name) is not None:
            months.append(name)
            continue
        ends = name.split("..")
        for end in ends:
            tlc.file_name(end)
        if len(ends) > 2 or ends[-1] < ends[0]:
            raise BadName(f"{name!r} is no range of months. Write the earlier one first: 2020-03..2021-05")
        months += np.arange(np.datetime64(ends[0]), np.datetime64(ends[-1]) + 1).astype(str).tolist()
    return list(dict.fromkeys(months))


def fetch(month: str, patience: Patience) -> bool:
    """Bring a month into TRIPS_DIR, which is made if need be. False: a good file is there, nothing was downloaded.

    A file there that is broken is replaced. Raises BadName; MonthUnavailable (TRIPS_DIR not set, or TLC has not
    published the month); WrongMonth (the file there is another month's, and stays); and DownloadFailed for network,
    server and disk: then the same call resumes.
    """
    name = tlc.file_name(month)
    absent = f"TLC has not published {month} (it publishes about two months later), or the month is wrong. Try another"
    return _bring(f"trip-data/{name}", partial(_check_month, month=month), absent, patience)


def fetch_zones(patience: Patience) -> bool:
    """Bring the zone table into TRIPS_DIR; False when a good one is there. Raises as `fetch` does."""
    absent = f"the server has no {tlc.ZONE_FILE}. Put TLC's into TRIPS_DIR by hand, or do without boroughs"
    return _bring(f"misc/{tlc.ZONE_FILE}", _check_zones, absent, patience)


def _bring(path: str, check: Callable[[Path], None], absent: str, patience: Patience) -> bool:
    server = (os.environ.get("TRIPS_URL") or TLC).rstrip("/")
    if urlsplit(server).scheme not in ("http", "https"):
        raise BadName(f"TRIPS_URL={server} is no web address. Begin it with https://, or unset it for TLC's")
    target = _folder() / path.rpartition("/")[2]
    if _is_good(target, check):
        return False
    download(f"{server}/{path}", target, check, absent, patience)
    return True


def _folder() -> Path:
    path = os.environ.get("TRIPS_DIR", "")
    try:
        if path:
            Path(path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MonthUnavailable(f"TRIPS_DIR={path} cannot be made: {error.strerror}. Name another folder") from error
    return tlc.folder()


def _is_good(target: Path, check: Callable[[Path], None]) -> bool:
    if not target.is_file():
        return False
    try:
        check(target)
    except WrongMonth:
        raise  # somebody's good file under a wrong name: not ours to replace
    except BadFile:
        return False
    return True


def _check_month(path: Path, month: str) -> None:
    tlc.check(path)
    tlc.read(path, month)  # and what check does not look at: the types, rows at all, and of this month


def _check_zones(path: Path) -> None:
    try:
        zones = pd.read_csv(path, keep_default_na=False, usecols=["LocationID", "Borough"])
        good = len(zones) > 0 and zones["LocationID"].between(*ZONE_IDS).all()
    except (ValueError, TypeError):  # no csv, no such columns, ids that are no numbers
        good = False
    if not good:
        raise BadFile(f"{path.name} is no zone table with LocationID and Borough. Delete it and fetch a month again")
