"""Telling somebody: each incident once, into a file and to a webhook. What was not taken there is told again."""

import json
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from taxi.watch.book import ALERTS

SECONDS = 10.0


def tell(folder: Path, incidents: Sequence[dict[str, Any]], webhook: str | None) -> list[str]:
    """Tell those that were not told yet; a sentence each, and one for a webhook that did not take it."""
    path, said = folder / ALERTS, []
    told = _lines(path)
    known = {(one["name"], one["day"], one["to"]) for one in told}
    for incident in incidents:
        key = (incident["name"], incident["day"])
        if (*key, "file") not in known:
            _append(path, incident | {"to": "file"})
            said.append(f"{incident['day']}: {incident['name']}: {incident['reasons'][0]}. See {incident['runbook']}")
        if webhook and (*key, "webhook") not in known:
            problem = _post(webhook, incident)
            if problem:
                said.append(
                    f"the webhook did not take {incident['name']} of {incident['day']} ({problem}); tried again"
                )
            else:
                _append(path, incident | {"to": "webhook"})
    return said


def _post(webhook: str, incident: dict[str, Any]) -> str:
    """Empty when it was taken."""
    body = json.dumps({"text": f"{incident['name']} since {incident['day']}"} | incident).encode()
    try:
        request = urllib.request.Request(webhook, body, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return "" if answer.status < 300 else str(answer.status)
    except (OSError, ValueError) as error:
        return str(error)


def _append(path: Path, line: dict[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found
