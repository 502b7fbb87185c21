"""A morning as Dagster runs it: what it decided is observed, the gate's record checked, and a failure tried again."""

from datetime import timedelta

import dagster as dg
import definitions
import loop_place
import pytest
from dagster._core.execution.plan import active
from loop_place import FIRST, lived, world

from taxi.errors import BadInput, NoAnswer

pytest_plugins = ["loop_fixtures"]
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy")  # MLflow's own use of it
QUIET, REFUSED = FIRST + timedelta(days=1), FIRST + timedelta(days=2)  # no candidate; one that its days refuse
JOB = definitions.defs.resolve_job_def("mornings")


@pytest.fixture
def settings(fresh, quick, monkeypatch):
    """A small world, in which every loop that Dagster makes lives."""
    monkeypatch.setattr(definitions, "loop_of", lambda _: loop_place.loop_of(fresh))
    return fresh


@pytest.fixture
def instance():
    with dg.DagsterInstance.ephemeral() as found:
        yield found


@pytest.fixture(autouse=True)
def waited(monkeypatch):
    """The seconds that Dagster sleeps before it tries again: they are written down, and do not pass."""
    seconds = []

    class Clock:
        @staticmethod
        def time():
            return float(sum(seconds))

        sleep = staticmethod(seconds.append)

    monkeypatch.setattr(active, "time", Clock)
    return seconds


def lives(instance, day, succeeds=True):
    """A morning's run, as the page, the sensor or the schedule would start it."""
    done = JOB.execute_in_process(partition_key=str(day), instance=instance, raise_on_error=False)
    assert done.success is succeeds
    return done


def observations(instance, done):
    """A run's, oldest first: those of a try that failed, too."""
    found = instance.fetch_observations(dg.AssetKey("morning"), limit=100).records
    return [one.asset_observation for one in reversed(found) if one.run_id == done.run_id]


def observed(instance, done):
    """what, day of the event, and partition."""
    found = observations(instance, done)
    return [(one.metadata["what"].value, one.metadata["of"].value, one.partition) for one in found]


def check(done):
    (found,) = done.get_asset_check_evaluations()
    return found


def test_mornings_are_lived_and_their_decisions_are_observations(settings, instance):
    """Each with what the ledger says, in the partition of its morning."""
    done = lives(instance, FIRST)
    assert observed(instance, done) == [(kind, str(FIRST), str(FIRST)) for kind in ("try a candidate", "promote")]
    events = loop_place.loop_of(settings).ledger.events()
    why = [(one.metadata["event"].value, one.metadata["why"].value) for one in observations(instance, done)]
    assert why == [(one["seq"], one["said"]) for one in events]
    assert observed(instance, lives(instance, QUIET)) == []
    assert instance.get_materialized_partitions(dg.AssetKey("morning")) == {str(FIRST), str(QUIET)}


def test_a_day_that_is_set_aside_is_observed_on_the_morning_that_judged_it(settings, instance, monkeypatch):
    """Its own date is said beside it."""
    bad = FIRST + timedelta(days=1)
    empty = world([bad], lambda raw: raw.iloc[:0])
    monkeypatch.setattr(definitions, "loop_of", lambda _: loop_place.loop_of(settings, empty))
    assert observed(instance, lives(instance, FIRST))
    assert observed(instance, lives(instance, bad)) == []
    assert ("quarantine", str(bad), str(REFUSED)) in observed(instance, lives(instance, REFUSED))


def test_what_was_made_is_said(settings, instance):
    """Who serves and what comes next, and where the control room lies."""
    (made,) = lives(instance, FIRST).asset_materializations_for_node("morning")
    said = {name: one.value for name, one in made.metadata.items()}
    assert (said["champion"], said["as of"], said["decided"]) == ("version 1", str(FIRST), 2)
    assert "Control room" in (settings.state / "loop/index.html").read_text()
    assert said["page"] == str(settings.state / "loop/index.html")


def test_a_refused_candidate_is_a_failed_check_that_only_warns(settings, instance):
    """The first one passed the gate; on a quiet morning there is none."""
    passed, none, refused = (check(lives(instance, day)) for day in (FIRST, QUIET, REFUSED))
    assert (passed.passed, none.passed, refused.passed) == (True, True, False)
    assert refused.severity is dg.AssetCheckSeverity.WARN
    assert "ok plain graph: yes (one graph of this contract)" in passed.metadata["record"].value
    assert none.metadata["said"].value == "no candidate this morning"
    assert refused.metadata["said"].value.startswith("refused by the days: ")


def test_a_failed_row_of_the_gate_is_in_the_check(settings, instance, monkeypatch):
    rows = [loop_place.gate.Row("size", "21.0 MB", "20 MB", False)]
    monkeypatch.setattr(loop_place.gate, "report", lambda *_: rows)
    found = check(lives(instance, FIRST))
    assert (found.passed, found.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert found.metadata["said"].value == "refused by the gate: size: 21.0 MB, not 20 MB"
    assert "FAIL size: 21.0 MB (20 MB)" in found.metadata["record"].value


def test_a_morning_that_was_lived_does_nothing_again(settings, instance):
    """Also where cron lived it: what it decided then is observed, once, and the check says the same."""
    lived(loop_place.loop_of(settings), 1)
    before = loop_place.loop_of(settings).ledger.events()
    one, two = lives(instance, FIRST), lives(instance, FIRST)
    assert [what for what, *_ in observed(instance, one)] == ["try a candidate", "promote"]
    assert observed(instance, two) == []
    assert check(one).metadata == check(two).metadata
    assert loop_place.loop_of(settings).ledger.events() == before


def test_a_failing_morning_is_tried_again_as_the_policy_says(settings, instance, waited, monkeypatch):
    """Three times, later and later; what it had decided before it failed is observed once."""
    days = world()

    def away(day):
        raise OSError("the city does not answer")

    monkeypatch.setattr(definitions, "loop_of", lambda _: loop_place.loop_of(settings, away))
    failed = lives(instance, FIRST, succeeds=False)
    assert waited == [30, 90, 210]
    assert sum(event.is_step_up_for_retry for event in failed.all_events) == definitions.PATIENCE.max_retries
    waited.clear()
    tries = iter([away, days])
    monkeypatch.setattr(definitions, "loop_of", lambda _: loop_place.loop_of(settings, next(tries)))
    done = lives(instance, FIRST)
    assert (len(waited), [what for what, *_ in observed(instance, done)]) == (1, ["try a candidate", "promote"])


def test_what_was_decided_before_a_failure_is_observed_too(settings, instance, waited, monkeypatch):
    """The morning dies while its candidate is fitted, and the next try goes on: no event twice, none left out."""
    fits = iter([OSError("no memory")])
    fit = loop_place.quickly

    def once_away(parts):
        for error in fits:
            raise error
        return fit(parts)

    monkeypatch.setattr(loop_place, "quickly", once_away)
    assert [what for what, *_ in observed(instance, lives(instance, FIRST))] == ["try a candidate", "promote"]
    assert len(waited) == 1


@pytest.mark.parametrize(("error", "tries"), [(BadInput("there are no limits yet"), 0), (NoAnswer("later it may"), 3)])
def test_a_mistake_of_the_user_is_not_tried_again(error, tries, instance, waited, monkeypatch):
    """Time does not mend it; a registry that is away comes back."""
    import loop

    def made(*_):
        raise error

    monkeypatch.setattr(loop, "made", made)
    failed = lives(instance, FIRST, succeeds=False).failure_data_for_node("morning")
    assert (len(waited), failed.user_failure_data.description) == (tries, str(error))


def test_a_past_morning_fails_at_once_and_a_loop_that_works_is_waited_for(settings, instance, waited):
    """The past stays past; whoever works now will end."""
    lives(instance, QUIET)
    failed = lives(instance, FIRST, succeeds=False).failure_data_for_node("morning")
    assert waited == []
    assert "is past" in failed.user_failure_data.description
    with loop_place.loop_of(settings).ledger.lease():
        failed = lives(instance, REFUSED, succeeds=False).failure_data_for_node("morning")
    assert len(waited) == 3
    assert "another loop works" in failed.user_failure_data.description
