"""One file over HTTP: resumed when cut, asked for again when that may help, checked before it gets its name."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from email.utils import mktime_tz, parsedate_tz
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from trips.errors import BadFile, DownloadFailed, MonthUnavailable
from trips.part import Part, part_of

ABSENT = (403, 404)  # the store behind TLC's address answers 403 for a file that does not exist
PASSING = (408, 425, 429)  # and every 5xx: asked again, the server may well answer
CHUNK = 1 << 18
LONGEST_WAIT = 60.0


@dataclass(frozen=True)
class Patience:
    """How long to try (times in seconds), and whom to tell."""

    retries: int = 5
    wait: float = 1.0  # before the first retry; doubles from one to the next
    timeout: float = 30.0  # a server that is silent for so long has stalled
    sleep: Callable[[float], None] = time.sleep
    progress: Callable[[int, int | None], None] = lambda done, total: None  # bytes so far, and in all if known
    note: Callable[[str], None] = lambda text: None  # why it tries again


class _PassingError(Exception):
    """Another attempt may mend this. wait: the seconds that the server asked for."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


def download(url: str, target: Path, verify: Callable[[Path], None], absent: str, patience: Patience) -> None:
    """Bring one file to its target, going on where an earlier download ended; an older target is replaced.

    verify: raises BadFile unless the file is good. A bad one is fetched once more, from the start.
    absent: what 403 and 404 mean. Raises MonthUnavailable with it, at once; DownloadFailed for network, server, disk.
    """
    with part_of(target) as part:
        for last in (False, True):
            _complete(url, part, absent, patience)
            try:
                verify(part.path)
                break
            except BadFile as error:
                part.clear()
                if last:
                    raise DownloadFailed(f"{url} sends a file that cannot be used: {error}") from error
        part.publish()


def _complete(url: str, part: Part, absent: str, patience: Patience) -> None:
    """Ask until the part is whole, or patience ends."""
    for attempt in range(patience.retries + 1):
        try:
            return _ask(url, part, absent, patience)
        except _PassingError as trouble:
            reason, wait = str(trouble), min(max(patience.wait * 2**attempt, trouble.wait), LONGEST_WAIT)
        if attempt < patience.retries:
            patience.note(f"{reason}; again in {wait:g} s")
            patience.sleep(wait)
    raise DownloadFailed(f"{url}: {reason}. What came is kept: the same command resumes")


def _ask(url: str, part: Part, absent: str, patience: Patience) -> None:
    headers = {"User-Agent": "taxi-course"} | ({"Range": f"bytes={part.size}-"} if part.size else {})
    try:
        with urlopen(Request(url, headers=headers), timeout=patience.timeout) as answer:
            _receive(answer, part, patience)
    except HTTPError as error:
        with error:
            if not (error.code == 416 and part.size):  # no byte after ours: whole, or not this file; verify tells
                raise _refusal(url, error, absent) from error
    except URLError as error:
        raise _PassingError(f"no network, or no such server ({error.reason})") from error
    except TimeoutError as error:
        raise _PassingError(f"the server has been silent for {patience.timeout:g} s") from error
    except (OSError, HTTPException) as error:
        raise _PassingError(f"the connection broke ({str(error) or type(error).__name__})") from error


def _refusal(url: str, error: HTTPError, absent: str) -> Exception:
    if error.code in ABSENT:
        return MonthUnavailable(absent)
    if error.code >= 500 or error.code in PASSING:
        asked = error.headers.get("Retry-After", "")
        return _PassingError(f"the server answers {error.code}", float(asked) if asked.isdecimal() else 0.0)
    return DownloadFailed(f"{url}: the server answers {error.code} {error.reason}. Check TRIPS_URL, or try later")


def _receive(answer: HTTPResponse, part: Part, patience: Patience) -> None:
    if answer.status != 206:
        part.clear()  # the server knows no ranges
    elif not _continues(part, answer.headers):
        part.clear()
        raise _PassingError("what came earlier is of another version of the file: from the start")
    total = None if answer.length is None else part.size + answer.length
    patience.progress(part.size, total)
    while data := answer.read1(CHUNK):
        part.append(data)
        patience.progress(part.size, total)
    if total is not None and part.size < total:
        raise _PassingError(f"cut short after {part.size:,} of {total:,} bytes")


def _continues(part: Part, headers: Message) -> bool:
    """Whether the bytes begin where the part ends, and the file was not published anew since the part was written."""
    changed = parsedate_tz(headers.get("Last-Modified", ""))
    same = changed is None or mktime_tz(changed) <= part.written_at
    return same and headers.get("Content-Range", "").startswith(f"bytes {part.size}-")
