"""Who asks Dagster for a morning: a sensor, a schedule, a person at its page; and what becomes of a run that dies."""

import json
import os
import re
import shlex
import signal
import subprocess
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime

import dagster as dg
import definitions
import msgspec
import pytest
from ui import free_port
from verbs import DIRECT, LEVEL, group_lives, wait_for

from taxi.loop.ledger import Ledger
from taxi.serving.record import Predicted
from taxi.serving.source import LOG

pytest_plugins = ["loop_fixtures"]
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy")  # MLflow's own use of it
LAUNCH = """mutation($params: ExecutionParams!) { launchPipelineExecution(executionParams: $params) {
    ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
RUNS = "{ runsOrError { ... on Runs { results { runId status } } } }"
MADE = """{ assetNodeOrError(assetKey: {path: ["morning"]}) { ... on AssetNode {
    assetMaterializations { partition } assetObservations { partition metadataEntries { ... on TextMetadataEntry {
    label text } } } } } }"""
DAY = "2021-03-01"


@pytest.fixture
def instance():
    with dg.DagsterInstance.ephemeral() as found:
        yield found


def test_the_loop_is_the_one_of_loop_py(monkeypatch):
    """With the source and the seed that were asked for."""
    import loop

    monkeypatch.setattr(loop, "made", lambda *words: words)
    assert definitions.loop_of(definitions.Origin(source="city", seed=3)) == ("city", 3)
    assert definitions.loop_of(definitions.Origin()) == ("log", 0)


def test_the_sensor_asks_for_the_morning_after_a_whole_new_day_and_for_no_other(tmp_path, instance, monkeypatch):
    """A day is whole three hours after its end; of several the last one's morning takes in all of them."""
    monkeypatch.setenv("TAXI_STATE", str(tmp_path))
    log, cursor = tmp_path / "serving" / LOG, None

    def asked(*at):
        """What the sensor says once these trips are in the log."""
        nonlocal cursor
        for number, one in enumerate(at):
            written(log, datetime.fromisoformat(one).replace(tzinfo=UTC), f"{one}-{number}")
        with dg.build_sensor_context(instance, cursor=cursor, definitions=definitions.defs) as context:
            said = definitions.new_trips(context)
            cursor = context.cursor
        return getattr(said, "partition_key", None)

    assert asked() is None  # no log yet
    assert asked("2021-03-01T12:00") is None
    assert asked("2021-03-02T02:00") is None  # trips of the first may still be under way
    assert asked("2021-03-02T04:00") == "2021-03-02"
    assert asked() is None
    assert asked("2021-03-04T12:00", "2021-03-05T04:00") == "2021-03-05"
    assert asked("2021-03-05T23:00") is None


def written(log, at, name):
    """One more line of the log."""
    log.mkdir(parents=True, exist_ok=True)
    told = Predicted(name, int(at.timestamp() * 1000), None, None, 1, "champion", "champion", "1", 75, 74, 1.0,
                     at.isoformat(), 9.0, None, None)  # fmt: skip
    with (log / "000.jsonl").open("ab") as file:
        file.write(msgspec.json.encode(told) + b"\n")


def test_a_schedule_lives_today_s_morning(instance):
    """Once a day, when the day before is whole; it is off until somebody switches it on, as the sensor is."""
    schedule = definitions.defs.resolve_schedule_def("every_morning")
    at = datetime(2021, 3, 15, definitions.HOUR, tzinfo=UTC)
    with dg.build_schedule_context(instance, scheduled_execution_time=at) as context:
        asked = schedule(context)
    assert (schedule.cron_schedule, asked.partition_key) == ("0 4 * * *", "2021-03-15")
    assert {schedule.default_status.value, definitions.new_trips.default_status.value} == {"STOPPED"}


def test_of_many_mornings_each_waits_for_the_one_before():
    """A backfill lives them in order, and ends at one that failed."""
    ((before,),) = [spec.deps for spec in definitions.morning.specs]
    days = definitions.MORNINGS
    mapped = before.partition_mapping.get_upstream_mapped_partitions_result_for_partitions(
        days.subset_with_partition_keys(["2021-03-15"]), days, days
    )
    assert before.asset_key == dg.AssetKey("morning")
    assert list(mapped.partitions_subset.get_partition_keys()) == ["2021-03-14"]


@contextmanager
def page(state, folder):
    """`make dagster` with a home and a port of its own: how to ask it, and its log. Ended with all that it started."""
    recipe = subprocess.run(["make", "-n", "dagster"], cwd=LEVEL, capture_output=True, text=True, check=True).stdout
    (line,) = (line for line in recipe.splitlines() if "dagster dev" in line)
    home, port, log = folder / "dagster", free_port(), folder / "dagster.log"
    home.mkdir()
    (home / "dagster.yaml").write_bytes((LEVEL / "dagster.yaml").read_bytes())
    words = [str(port) if word == "3000" else word for word in shlex.split(line)[1:]]
    env = os.environ | {"DAGSTER_HOME": str(home), "TAXI_STATE": str(state), "OMP_NUM_THREADS": "1"}
    with log.open("wb") as out:
        process = subprocess.Popen(words, cwd=LEVEL, env=env, stdout=out, stderr=out, start_new_session=True,
                                   preexec_fn=hears_ctrl_c)  # fmt: skip
    try:
        yield f"http://127.0.0.1:{port}", log
        process.send_signal(signal.SIGTERM)
        process.wait(90)  # it gives its own processes 60 seconds
        assert wait_for(lambda: not group_lives(process.pid), 30), f"left over: process group {process.pid}"
        assert not answers(f"http://127.0.0.1:{port}")
    finally:
        if group_lives(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def hears_ctrl_c():
    """Dagster ends its processes by SIGINT, which whatever a shell has put into the background is deaf to."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def answers(url):
    try:
        return DIRECT.open(f"{url}/server_info", timeout=5).status == 200
    except OSError:
        return False


def asked(url, query, **variables):
    """Of its GraphQL interface, which its page uses."""
    body = json.dumps({"query": query, "variables": variables}).encode()
    request = urllib.request.Request(f"{url}/graphql", body, {"content-type": "application/json"})
    with DIRECT.open(request, timeout=60) as answer:
        return json.load(answer)["data"]


def launched(url):
    """The morning of DAY, of the city, as the page's button asks for it."""
    selector = {"repositoryName": "__repository__", "repositoryLocationName": "definitions.py", "jobName": "mornings"}
    config = {"ops": {"morning": {"config": {"source": "city"}}}}
    tags = {"tags": [{"key": "dagster/partition", "value": DAY}]}
    params = {"selector": selector, "runConfigData": config, "executionMetadata": tags}
    return asked(url, LAUNCH, params=params)["launchPipelineExecution"]["run"]["runId"]


def statuses(url):
    return {one["runId"]: one["status"] for one in asked(url, RUNS)["runsOrError"]["results"]}


@pytest.mark.slow
def test_a_morning_whose_process_dies_is_run_again_from_the_page(fresh, tmp_path):
    """make dagster: after a kill -9 half way nothing is decided twice, untold, or left running at the end."""
    with page(fresh.state, tmp_path) as (url, log):
        assert wait_for(lambda: answers(url), 180), log.read_text()
        assert b'"telemetryEnabled": false' in DIRECT.open(url, timeout=30).read()
        run, ledger = launched(url), Ledger(fresh.state / "loop")
        assert wait_for(ledger.events, 180), log.read_text()  # it has begun with a candidate
        (pid,) = re.findall(rf"{run} - (\d+) - RUN_START", log.read_text())
        os.kill(int(pid), signal.SIGKILL)
        assert wait_for(lambda: "SUCCESS" in statuses(url).values(), 240), log.read_text()
        assert sorted(statuses(url).values()) == ["FAILURE", "SUCCESS"]
        assert [one["kind"] for one in ledger.events()] == ["try a candidate", "promote"]
        made = asked(url, MADE)["assetNodeOrError"]
    assert made["assetMaterializations"] == [{"partition": DAY}]
    assert [one["partition"] for one in made["assetObservations"]] == [DAY, DAY]
    said = [
        entry["text"]
        for one in made["assetObservations"]
        for entry in one["metadataEntries"]
        if entry.get("label") == "what"
    ]
    assert sorted(said) == ["promote", "try a candidate"]
