"""Days lived again through a service of their own: by the clock of the trips, each trip told when it has ended."""

import deploy
import pandas as pd
import pytest
import replay
from registry_place import TRAIN, VALID, Place
from verbs import told, verb

import trips
from taxi.registry import CHALLENGER, CHAMPION
from taxi.serving import outcomes, own, source
from taxi.serving.riders import Riders
from taxi.trial import cohorts
from taxi.trial.state import Deployment, Desk, Step

pytest_plugins = ["registry_fixtures"]
TOKEN, A_DAY = "a token of twenty-four c", 400


@pytest.fixture(scope="module")
def march():
    """Days of March with some of their trips, as replay.py finds them."""
    found = trips.days(trips.City(0), *(pd.Timestamp(f"2021-03-{day}").date() for day in ("01", "16")))
    return [trips.clean(raw, trips.SERVABLE)[0].iloc[:: max(1, len(raw) // A_DAY)] for _, raw in found]


def test_a_trip_is_asked_about_at_its_time_and_told_when_it_has_ended(routed, march):
    with (
        own.started(routed.state, TAXI_CLOCK="trips", TAXI_TOKEN=TOKEN) as port,
        Riders(port, TOKEN) as riders,
    ):
        for day in march[:2]:
            riders.live(day)
            riders.follow()
    rows, asked = outcomes.joined(routed.log), pd.concat(march[:2])
    assert len(rows) == riders.asked == len(asked)
    pickup = pd.to_datetime(rows["pickup_at"], utc=True)
    assert (rows["at"] >= pickup).all()
    assert (rows["at"] - pickup).max() < pd.Timedelta(minutes=15)
    ended = rows[rows["minutes"].notna()]
    assert len(ended) == riders.told > 0.95 * len(asked)
    assert (ended["finished_at"] >= pickup[ended.index] + pd.to_timedelta(ended["minutes"], unit="min")).all()
    lasts = asked["duration_minutes"]
    under_way = asked["pickup_at"] + pd.to_timedelta(lasts, unit="min") > asked["pickup_at"].max()
    assert riders.asked - riders.told == (under_way | ~lasts.between(0, 1440, inclusive="right")).sum()


@pytest.mark.slow
def test_a_trial_is_lived_to_its_verdict_and_a_log_is_not_lived_twice(place, march, monkeypatch):
    """The weak champion of two, against a whole training: the share grows between two days, and it is promoted."""
    place.registry.point(CHAMPION, "1")
    desk = Desk(place.state / "deploy")
    with desk.alone():
        number = place.train(params=None)
        pipeline = deploy.prepared(place.settings, desk)
        assert pipeline.stage(Deployment(TRAIN, VALID, "city", 0, version=number)).step is Step.TRIAL
    monkeypatch.setattr(replay, "days", lambda *_: march)
    done = place.command("replay", "2021-03")
    assert done.exit_code == 0, done.output
    assert [line for line in done.output.splitlines() if "of the riders" in line or "better" in line] == [
        line for line in done.output.splitlines() if line.startswith("trial")]  # fmt: skip
    assert place.registry.aliases() == {CHAMPION: number, "previous": "1"}, done.output
    rows = outcomes.joined(place.settings.serving / source.LOG)
    assert rows["model_version"].iloc[-1] == number  # who came after the verdict was answered by the winner
    assert [rows.loc[rows["at"].dt.day == day, "share"].max() for day in (1, 3, 4, 5, 6)] == [0, 0.01, 0.05, 0.25, 0.5]
    monkeypatch.undo()
    left = list(replay.days(place.settings, ["2021-03"], "city", 0))
    assert min(day["pickup_at"].min() for day in left) > pd.Timestamp("2021-03-16 12:00")


def test_mistakes_are_told_before_anything_is_started(routed, march):
    state = {"TAXI_STATE": str(routed.state)}
    assert "month" in told(verb("replay.py", "march", **state))
    with own.started(routed.state, TAXI_CLOCK="trips", TAXI_TOKEN=TOKEN) as port, Riders(port, TOKEN) as riders:
        riders.live(march[0][:20])
    assert "begin anew: TAXI_STATE=" in told(verb("replay.py", "2020-03", **state))


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.real
def test_on_real_months_lived_through_the_service_march_wins_over_january(tmp_path, capsys):
    """Two deployments by command, and April 2021, every trip of it, over HTTP."""
    state = {"TAXI_STATE": str(tmp_path / "var")}
    for train, valid in (("2021-01", "2021-02"), ("2021-03", "2021-04")):
        done = verb("deploy.py", "--source", "tlc", "--train", train, "--valid", valid, "--once", **state)
        assert done.returncode == 0, done.stdout + done.stderr
    done = verb("replay.py", "2021-04", "--source", "tlc", **state)
    assert done.returncode == 0, done.stderr
    place = Place(tmp_path / "var")
    rows = outcomes.joined(place.settings.serving / source.LOG)
    mine = rows[rows["experiment_id"].notna()]
    _, days = cohorts.matured(mine, cohorts.latest(mine), trips.open_source("tlc").boroughs())
    with capsys.disabled():
        said = [line for line in done.stdout.splitlines() if "better" in line or "asked about" in line]
        print(f"\n  over {days} days: {'; '.join(said)}", end="")
    assert place.registry.aliases() == {CHAMPION: "2", "previous": "1"}
    assert CHALLENGER not in place.registry.aliases()
    assert "The challenger won" in verb("abtest.py", "--source", "tlc", **state).stdout
