"""deploy.py takes months to riders by itself: through the gate, the shadow, a growing share and a verdict."""

import json
from datetime import timedelta

import pytest
from registry_place import TRAIN, VALID
from verbs import verb

import trips
from taxi.errors import BadInput
from taxi.features import features
from taxi.graph import Scorer
from taxi.registry import CHALLENGER, CHAMPION, Registry
from taxi.serving import live, routing, source
from taxi.serving.finish import Finishes
from taxi.serving.trip import Asked
from taxi.trial import pipeline
from taxi.trial.state import Deployment, Desk, Step

pytest_plugins = ["registry_fixtures"]
A_DAY = 500  # trips that are lived: enough, and quick


@pytest.fixture
def desk(place):
    """A registry whose champion is weak, and served."""
    found = Desk(place.state / "deploy")
    place.registry.point(CHAMPION, "1")
    with found.alone():
        yield found


@pytest.fixture
def steps(place, desk, monkeypatch):
    """The pipeline; its gate starts no service here, and nothing is judged by how fast this machine is now."""
    scored = lambda data, trip: float(Scorer(data).predict(features(*([trip[name]] for name in ASKED)))[0])  # noqa: E731
    monkeypatch.setattr("taxi.trial.clean_process.ask", scored)
    monkeypatch.setattr("taxi.trial.gate.slower", lambda *_: 1.0)
    return pipeline.Pipeline(place.settings, Registry(place.mlflow), desk)


ASKED = ("pickup_zone", "dropoff_zone", "distance_miles", "pickup_at")


class Riders:
    """Days of March through a service that lives by the clock of its trips; outcomes are told when trips end."""

    def __init__(self, settings):
        self.live = live.begin(settings.model_copy(update={"clock": "trips"}))
        self.finishes = Finishes(self.live.ids, self.live.log)
        march = trips.clean(trips.City(0).month("2021-03"))[0]
        march = march[march["pickup_at"].between("2021-03-01", "2021-04-01")]
        days = march.sort_values("pickup_at").groupby(march["pickup_at"].dt.date)
        self.days = iter([day.sample(A_DAY, random_state=0).sort_values("pickup_at") for _, day in days])

    def live_a_day(self):
        """One more; and two hours and a trip of the next, so that all of it have ended."""
        self.live.follow()
        for trip in next(self.days).itertuples():
            when, rider = trip.pickup_at.isoformat(), f"rider-{trip.Index}"
            asked = Asked(trip.pickup_zone, trip.dropoff_zone, trip.distance_miles, when, rider)
            (answered,) = self.live.answer([asked], features(*([value] for value in asked[:4])))
            self.finishes.take(answered.request_id, trip.duration_minutes, int(1000 * self.live.clock([])))
        late = Asked(*asked[:3], (trip.pickup_at.floor("D") + timedelta(days=1, hours=3, minutes=1)).isoformat())
        self.live.clock([late])
        self.finishes.take(answered.request_id, trip.duration_minutes + 0.01, int(1000 * self.live.clock([])))


def table(place):
    return routing.read(place.settings.serving / source.ROUTES)


def begun(**changes):
    return Deployment(TRAIN, VALID, "city", 0, **changes)


def test_a_better_version_goes_from_months_to_riders(place, desk, steps):
    one = steps.advance(begun())
    assert (one.step, one.version) == (Step.TRIAL, "4")
    assert table(place).share == 0
    riders, shares = Riders(place.settings), []
    while one.step is not Step.DONE:
        shares.append(table(place).share)
        riders.live_a_day()
        one = steps.advance(one)
    assert one.outcome == "promoted"
    assert len(shares) == 9
    assert shares[:5] == [0, 0.01, 0.05, 0.25, 0.5]
    assert place.registry.aliases() == {CHAMPION: "4", "previous": "1"}
    assert (table(place).champion.number, table(place).challenger) == ("4", None)
    events = [json.loads(line) for line in (desk.folder / "events.jsonl").read_text().splitlines()]
    assert [event["step"] for event in events if event["step"] != event["next"]] == [
        "train", "gate", "stage", "trial", "promote"]  # fmt: skip
    assert all(event["said"] for event in events)
    one = steps.back(one)
    assert table(place).champion.number == "1"
    assert place.registry.aliases()[CHAMPION] == "1"


def test_the_first_version_ever_serves_after_the_gate(empty, monkeypatch):
    monkeypatch.setattr("taxi.trial.gate.report", lambda *_: [])
    desk = Desk(empty.state / "deploy")
    with desk.alone():
        assert pipeline.Pipeline(empty.settings, Registry(empty.mlflow), desk).advance(begun()).outcome == "promoted"
    assert table(empty).champion.number == "1"


def test_what_the_gate_refuses_meets_nobody(place, steps, monkeypatch):
    monkeypatch.setattr("taxi.trial.gate.MEGABYTES", 0.001)
    one = steps.advance(begun())
    assert one.outcome == "refused"
    assert place.registry.aliases() == {CHAMPION: "1"}
    assert not (place.settings.serving / source.ROUTES).exists()


@pytest.mark.parametrize(("step", "write"), [(Step.TRAIN, 0), (Step.TRAIN, 1), (Step.TRAIN, 2),
                                             (Step.PROMOTE, 0), (Step.PROMOTE, 1)])  # fmt: skip
def test_killed_between_two_steps_it_goes_on_and_there_is_one_champion(place, desk, steps, monkeypatch, step, write):
    """The file of the deployment is not written any more from this write on; then it is begun again."""

    class Killed(BaseException):
        pass

    written, honest = [], Desk.write

    def killed(self, deployment):
        if len(written) == write:
            raise Killed
        written.append(deployment)
        honest(self, deployment)

    monkeypatch.setattr(Desk, "write", killed)
    promoting = step is Step.PROMOTE
    begin = begun(step=step, version="2" if promoting else None)
    honest(desk, begin)
    with pytest.raises(Killed):
        steps.advance(begin)
    monkeypatch.setattr(Desk, "write", honest)
    one = steps.advance(desk.read())
    assert one.step is (Step.DONE if promoting else Step.TRIAL)
    aliases = place.registry.aliases()
    assert aliases[CHAMPION] == ("2" if promoting else "1")
    assert table(place).champion.number == aliases[CHAMPION]
    assert promoting or table(place).challenger.number == aliases[CHALLENGER] == one.version


def test_stopped_by_hand_the_champion_answers_everybody(place, steps):
    one = steps.advance(begun(step=Step.STAGE, version="3"))
    assert table(place).challenger.number == "3"
    one = steps.stop(one)
    assert (one.step, one.outcome) == (Step.DONE, "stopped by hand")
    with pytest.raises(BadInput, match="no trial is under way"):
        steps.stop(one)
    assert (table(place).champion.number, table(place).challenger) == ("1", None)
    assert place.registry.aliases() == {CHAMPION: "1"}


def test_two_do_not_deploy_at_once_and_mistakes_are_told(desk, place):
    def said(*words):
        done = verb("deploy.py", *words, TAXI_STATE=str(place.state))
        assert (done.returncode, done.stdout) == (2, "")
        return done.stderr

    assert "somebody deploys already" in said("--once")
    assert "nothing was deployed yet" in said("--status")
    assert "Say one" in said("--stop", "--back")
    (desk.folder / "deployment.json").write_text("{")
    assert "is no deployment" in said("--status")


def test_a_challenger_that_is_slow_every_time_is_stopped_and_one_that_was_slow_once_is_not(place, steps, monkeypatch):
    one = steps.advance(begun(step=Step.STAGE, version="3"))
    Riders(place.settings).live_a_day()
    ratios = iter([5.0, 1.1, 1.3])
    monkeypatch.setattr("taxi.trial.gate.slower", lambda *_: next(ratios))
    assert steps.latency() == 1.1
    monkeypatch.setattr("taxi.trial.gate.slower", lambda *_: 1.9)
    one = steps.advance(one)
    assert (one.step, one.outcome) == (Step.DONE, "stop")
    assert table(place).challenger is None
    assert "it is slow: p95 of a call 1.9 times" in (place.state / "deploy/events.jsonl").read_text()


def test_the_story_tells_the_latest_deployment_and_whether_it_was_the_first(desk):
    one = desk.move(begun(), "version 1 is made", step=Step.GATE)
    one = desk.move(one, "passed all | checks", step=Step.PROMOTE)
    desk.move(one, "version 1 answers everybody", step=Step.DONE)
    assert "Nothing served before" in desk.story()
    desk.move(begun(), "version 2 is made", step=Step.GATE)
    assert "Nothing served before" not in desk.story()
    assert desk.story().splitlines()[-1].endswith("| train | version 2 is made |")
