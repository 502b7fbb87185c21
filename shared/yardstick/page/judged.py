"""The sixth section: what was expected before the run, and what came of it."""

from collections import Counter
from collections.abc import Sequence

from yardstick.page import markup as m
from yardstick.page.lives import SAID
from yardstick.results import Judged

VERDICTS = {True: "held", False: "failed", None: "not judged"}
SIGNS = {True: "✓", False: "✗", None: "–"}


def section(hypotheses: Sequence[Judged], protocol: str) -> str:
    """Words, the table by stream, and the hash of the protocol."""
    seal = (
        f"They were written down before the run, in <code>protocol.md</code>; its SHA-256 is <code>{m.text(protocol)}"
        "</code>."
    )
    if not hypotheses:
        return m.paragraph("This run judged no hypothesis.", seal)
    columns = [name for name in SAID if any(one["stream"] == name for one in hypotheses)]
    texts = {one["name"]: one["text"] for one in hypotheses}
    verdicts = {(one["name"], one["stream"]): one for one in hypotheses}
    body = "".join(
        m.row(f"<b>{m.text(name)}</b> {m.text(said)}", [_cell(verdicts.get((name, stream))) for stream in columns])
        for name, said in sorted(texts.items(), key=lambda one: int(one[0].removeprefix("H")))
    )  # fmt: skip
    head = m.heads(["hypothesis", *(SAID[name] for name in columns)])
    said = [_count(hypotheses, name) for name in columns]
    return m.paragraph(*said, seal) + m.table("Hypotheses by stream", head, body, "prose")


def _count(hypotheses: Sequence[Judged], stream: str) -> str:
    found = Counter(one["held"] for one in hypotheses if one["stream"] == stream)
    said = m.listed([f"{m.number(found[held])} {word}" for held, word in VERDICTS.items() if found[held]])
    return f"On {SAID[stream].split(',')[0]}: {said}."


def _cell(one: Judged | None) -> str:
    """On a narrow page there is no head above it, so it names the stream."""
    if one is None:
        return m.NONE
    stream, verdict, found = m.text(one["stream"]), VERDICTS[one["held"]], m.text(one["found"])
    said = f'<b class="{verdict.split()[0]}">{SIGNS[one["held"]]} {verdict}</b> {found}'
    return f'<span class="narrow">{stream}:</span> {said}'
