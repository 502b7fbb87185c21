"""deploy.py where the registry is away, and where it is killed: it waits and says so; there is one champion."""

from dataclasses import replace

import deploy
import pytest
from registry_place import TRAIN, VALID
from ui import free_port
from verbs import healthy, served, start, verb, wait_for

from taxi.errors import NoAnswer
from taxi.registry import CHALLENGER, CHAMPION, Registry
from taxi.serving import own, routing, source
from taxi.trial import pipeline
from taxi.trial.state import Deployment, Desk, Step

pytest_plugins = ["registry_fixtures"]
TRIP = {"pickup_zone": 74, "dropoff_zone": 42, "distance_miles": 2.6, "pickup_at": "2021-02-01T08:15:00"}


@pytest.fixture
def desk(place):
    """Version 1 serves, 3 is on trial."""
    place.registry.point(CHAMPION, "1")
    found = Desk(place.state / "deploy")
    with found.alone():
        steps = pipeline.Pipeline(place.settings, Registry(place.mlflow), found)
        steps.stage(Deployment(TRAIN, VALID, "city", 0, version="3"))
    return found


def test_a_registry_that_is_away_meanwhile_is_waited_for(place, desk, monkeypatch, capsys):
    """Twice it does not answer; then the trial's end goes through. With --once nobody waits."""
    from mlflow.exceptions import MlflowException

    away = [NoAnswer("the registry does not answer"), MlflowException("connection refused")]
    honest = pipeline.Pipeline.clear

    def clear(self, one):
        if away:
            raise away.pop()
        return honest(self, one)

    monkeypatch.setattr(pipeline.Pipeline, "clear", clear)
    monkeypatch.setattr(deploy, "LOOK_SECONDS", 0)
    one = replace(desk.read(), step=Step.CLEAR, outcome="keep")
    desk.write(one)
    deploy.follow(place.settings, desk, one, once=False)
    assert capsys.readouterr().out.count("waits:") == 2
    assert place.registry.aliases() == {CHAMPION: "1"}
    away.append(NoAnswer("the registry does not answer"))
    with pytest.raises(NoAnswer, match=r"clear is not done: .* Later: python deploy\.py"):
        deploy.follow(place.settings, desk, one, once=True)


@pytest.mark.slow
def test_with_a_real_registry_down_the_service_answers_and_deploy_waits_for_it(place, desk, tmp_path):
    """Down at the service's start, and in flight; when it is back, what was left is done."""
    url = f"http://127.0.0.1:{free_port()}"
    database = f"sqlite:///{place.state / 'mlflow.db'}"
    words = ["-m", "mlflow", "server", "--backend-store-uri", database, "--port", url.rsplit(":", 1)[1]]
    given = {"TAXI_STATE": str(place.state), "TAXI_TRACKING_URI": url}
    with desk.alone():
        desk.write(replace(desk.read(), step=Step.CLEAR, outcome="keep"))
    with own.started(place.state, TAXI_TRACKING_URI=url) as port:
        assert own.Line(port).post("/predict", TRIP)["model_version"] == "1"
        under_way = start("deploy.py", **given)
        try:
            assert f"waits: the registry {url} does not answer" in under_way.stdout.readline()
            with served([*words, "--workers", "1"], tmp_path / "log") as process:
                healthy(url, process, tmp_path / "log")
                out, err = under_way.communicate(timeout=600)
        finally:
            under_way.kill()
        assert under_way.returncode == 0, err
        assert "the champion stays" in out
        assert own.Line(port).post("/predict", TRIP)["experiment_id"] == "1-3-1"
    assert place.registry.aliases() == {CHAMPION: "1"}


@pytest.mark.slow
def test_killed_at_any_moment_the_same_command_ends_in_one_trial(place):
    """kill -9 after a second, two, three ...; then to the trial. Nothing is on trial twice, nobody else serves."""
    place.registry.point(CHAMPION, "1")
    words, state = ("deploy.py", "--once"), {"TAXI_STATE": str(place.state)}
    killed = 0
    for seconds in range(2, 14, 2):
        process = start(*words, **state)
        wait_for(lambda running=process: running.poll() is not None, seconds)
        killed += process.poll() is None
        process.kill()
        process.communicate()
    assert killed
    done = verb(*words, **state)
    assert done.returncode == 0, done.stderr
    one, table = Desk(place.state / "deploy").read(), routing.read(place.settings.serving / source.ROUTES)
    assert one.step is Step.TRIAL
    assert place.registry.aliases() == {CHAMPION: "1", CHALLENGER: one.version}
    assert (table.champion.number, table.challenger.number) == ("1", one.version)


@pytest.mark.parametrize("moment", ["write", "promote", "move"])
def test_taken_back_and_killed_it_is_finished_by_whoever_comes_next(place, desk, monkeypatch, moment):
    """Between the riders' write and the state's, before the registry's, and after it."""

    class Killed(BaseException):
        pass

    def killed(*_, **__):
        raise Killed

    steps = pipeline.Pipeline(place.settings, place.registry, desk)
    with desk.alone():
        one = steps.promote(replace(desk.read(), step=Step.PROMOTE))
        assert place.registry.aliases()[CHAMPION] == "3"
        with monkeypatch.context() as patch:
            if moment == "write":
                patch.setattr(Desk, "move", killed)
            elif moment == "promote":
                patch.setattr("promote.promote", killed)
            else:
                honest = Desk.move
                patch.setattr(Desk, "move", lambda self, one, said, **to: killed() if one.step is Step.RESTORE
                              else honest(self, one, said, **to))  # fmt: skip
            with pytest.raises(Killed):
                steps.back(one)
        assert routing.read(steps.routes).champion.number == "1"  # the riders first, always
        one = desk.read()
        one = steps.back(one) if one.step is Step.DONE else steps.advance(one)
    assert (one.step, one.outcome) == (Step.DONE, "taken back")
    assert place.registry.aliases() == {CHAMPION: "1", "previous": "3"}
