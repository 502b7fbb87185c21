"""The same mornings, as Dagster runs them: make dagster, then http://127.0.0.1:3000. The loop knows nothing of it.

A partition is a morning. Its run calls `Loop.once`, as cron would; what the ledger wrote becomes observations, the
gate's record the asset's check. A morning that failed is tried again; one that was done already does nothing.
"""

import os
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import dagster as dg

if TYPE_CHECKING:
    from taxi.loop.turn import Loop

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before scikit-learn is imported: idle threads spin
FIRST = "2020-03-22"
EVERY_SECONDS, HOUR = 300, 4  # a day is whole three hours after its end
MORNINGS = dg.DailyPartitionsDefinition(start_date=FIRST, end_offset=1)
BEFORE = dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)
PATIENCE = dg.RetryPolicy(max_retries=3, delay=30, backoff=dg.Backoff.EXPONENTIAL)
MADE = ("refuse", "canary", "promote")  # how the making of a candidate ends


class Origin(dg.Config):
    """Where trips come from: log, city, tlc or inbox."""

    source: str = "log"
    seed: int = 0


@dg.asset(
    partitions_def=MORNINGS,
    deps=[dg.AssetDep("morning", partition_mapping=BEFORE)],  # of many mornings each waits for the one before
    retry_policy=PATIENCE,
    check_specs=[dg.AssetCheckSpec("gate", asset="morning")],
    kinds={"python", "mlflow"},
)
def morning(context: dg.AssetExecutionContext, config: Origin) -> Iterator[Any]:
    """One morning of the loop: what came is judged, and what the policy says is done."""
    from taxi.loop import room

    loop, day = loop_of(config), context.partition_key
    seen = last_seen(context.instance, loop)
    try:
        live(loop, day)
    finally:  # a morning that fails half way has decided something, too
        events = loop.ledger.events()[seen:]
        for event in events:
            said = {"what": event["kind"], "why": event["said"], "of": event["day"], "event": event["seq"]}
            context.log_event(dg.AssetObservation(asset_key="morning", partition=day, metadata=said))
    yield gate_of(loop, day)
    facts = {name: value for name, value in room.facts(loop.ledger).items() if value}
    page = dg.MetadataValue.path(str(room.write(loop.ledger).resolve()))
    yield dg.MaterializeResult(metadata={**facts, "decided": len(events), "page": page})


def loop_of(config: Origin) -> "Loop":
    """The loop of this folder. A mistake of the user does not mend itself, a registry that is away does."""
    from loop import made

    from taxi.errors import BadInput, NoAnswer

    try:
        return made(config.source, config.seed)
    except BadInput as error:
        raise dg.Failure(str(error), allow_retries=isinstance(error, NoAnswer)) from error


def live(loop: "Loop", day: str) -> None:
    """Once more may help while another loop works, and never for a morning that is past."""
    from taxi.errors import BadInput

    try:
        loop.once(date.fromisoformat(day))
    except BadInput as error:
        last = (loop.ledger.get("waits") or {}).get("day", "")
        raise dg.Failure(str(error), allow_retries=day >= last) from error


def last_seen(instance: dg.DagsterInstance, loop: "Loop") -> int:
    """The newest event that is an observation already: what a killed morning did not tell, the next one tells."""
    newest = instance.fetch_observations(dg.AssetKey("morning"), limit=1).records
    told = newest[0].asset_observation if newest else None
    number = told.metadata["event"].value if told else 0
    return min(int(str(number)), len(loop.ledger.events()))  # another ledger than then may be shorter


def gate_of(loop: "Loop", day: str) -> dg.AssetCheckResult:
    """The gate's record of the morning's candidate; a morning without one passes.

    A refusal is a warning: the champion stays, and the morning did what it had to.
    """
    runs = [run for run in loop.ledger.runs() if run["day"] == day]
    said = [event["said"] for run in runs for event in loop.ledger.events(run["key"]) if event["kind"] in MADE]
    rows = [row for run in runs for row in run["facts"].get("gate", [])]
    record = [f"{'ok' if row['passed'] else 'FAIL'} {row['check']}: {row['said']} ({row['limit']})" for row in rows]
    refused = any(run["state"] == "refused" for run in runs)
    facts = {"said": "; ".join(said) or "no candidate this morning", "record": "\n".join(record)}
    return dg.AssetCheckResult(
        check_name="gate", passed=not refused, severity=dg.AssetCheckSeverity.WARN, metadata=facts
    )


mornings = dg.define_asset_job("mornings", selection=[morning])


@dg.sensor(job=mornings, minimum_interval_seconds=EVERY_SECONDS)
def new_trips(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """A day of the log is whole that the loop has not taken in: the morning after it may be lived."""
    from taxi.loop.batches import Logged
    from taxi.serving.source import LOG
    from taxi.settings import Settings

    last = Logged(Settings.given().serving / LOG).last()
    if last is None or str(last) <= (context.cursor or ""):
        return dg.SkipReason("no new day is whole yet")
    context.update_cursor(str(last))
    day = str(last + timedelta(days=1))
    return dg.RunRequest(run_key=day, partition_key=day)


@dg.schedule(job=mornings, cron_schedule=f"0 {HOUR} * * *")
def every_morning(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Today's, whether riders came or not: a day that never comes is noticed, too."""
    day = f"{context.scheduled_execution_time:%Y-%m-%d}"
    return dg.RunRequest(run_key=day, partition_key=day)


defs = dg.Definitions(assets=[morning], jobs=[mornings], sensors=[new_trips], schedules=[every_morning],
                      executor=dg.in_process_executor)  # fmt: skip
