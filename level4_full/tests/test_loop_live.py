"""The whole chain with a real service: riders ask and tell over HTTP, each morning the loop reads the log.

Nobody hands it predictions: what it judges a canary by is what riders and the shadow were told, in the service's log.
"""

from datetime import timedelta

import loop_place
import pytest
from loop_place import lived, loop_of, slower
from registry_place import Place
from serving_place import TOKEN

import trips
from taxi.loop import scored
from taxi.loop.turn import Loop
from taxi.serving import own
from taxi.serving.riders import Riders

pytest_plugins = ["loop_fixtures"]
pytestmark = pytest.mark.slow
DAYS, SLOWER_FROM = 16, 6


@pytest.fixture(scope="module")
def ridden(begun, tmp_path_factory):
    """A champion of days before, sixteen days of riders, from the seventh on in a slower city; nothing is restarted."""
    settings = Place(begun.state).copy(tmp_path_factory.mktemp("live") / "var").settings
    with pytest.MonkeyPatch.context() as patch:
        loop_place.no_service_of_its_own(patch)
        lived(loop_of(settings), 1)  # it stocks the registry and the routes, and is forgotten
        (settings.state / "loop").rename(settings.state / "loop-of-before")
        with (
            own.started(settings.state.absolute(), TAXI_CLOCK="trips", TAXI_TOKEN=TOKEN) as port,
            Riders(port, TOKEN) as riders,
        ):
            served = settings.model_copy(update={"service": f"http://127.0.0.1:{port}"})
            loop = Loop(served, "log", rules=loop_place.QUICK, fit=loop_place.quickly)
            for ahead in range(DAYS):
                day = loop_place.FIRST + timedelta(days=ahead)
                raw = loop_place.day_of(day)
                asked, _ = trips.clean(slower(raw) if ahead >= SLOWER_FROM else raw, trips.SERVABLE)
                riders.live(asked)
                loop.once(day)  # of the days that are whole by now
                riders.follow()
    return loop


def test_the_loop_adopts_learns_and_promotes_what_riders_are_better_off_with(ridden):
    loop = ridden
    kinds = [one["kind"] for one in loop.ledger.events()]
    assert kinds[0] == "adopt"
    assert kinds.index("canary") < kinds.index("promote")
    assert loop.ledger.get("followed").startswith("the service follows")


def test_each_morning_s_errors_are_of_what_the_log_says(ridden):
    """The champion's and, from the canary's first whole day on, the canary's."""
    loop = ridden
    good = loop.days.good()
    both = [day for day in good if len(loop.days.known(day)["mae"]) == 2]
    assert len(good) >= 8
    assert both
    for day in good:
        raw = loop.days.batches.raw(day, good[day])
        assert raw["champion"].notna().all()
        assert loop.days.known(day)["kept"] <= len(raw)


def test_trips_of_the_night_before_a_canary_are_not_held_against_it(ridden):
    """They were asked of the champion alone: no answer is missing."""
    loop = ridden
    day = next(day for day in loop.days.good() if len(loop.days.known(day)["mae"]) == 2)
    raw = loop.days.batches.raw(day, loop.days.good()[day])
    numbers = list(loop.days.known(day)["mae"])
    late = raw.index > len(raw) / 2
    night = raw.assign(experiment_id=raw["experiment_id"].where(late), challenger=raw["challenger"].where(late))
    found = scored.score(night, dict.fromkeys(numbers))
    assert 0 < found.kept < len(night)
    assert all(0 < error < 60 for error in found.mae.values())


def test_a_service_s_answers_are_traced_to_the_days_the_loop_learned_from(ridden):
    from taxi.loop.trace import Tracer

    loop = ridden
    tracer = Tracer(loop.settings)
    by = {tracer.number(one): one for one in tracer.requests()}
    newest = max(by, key=int)
    assert set(tracer.trace(by[newest])["days"]) <= set(loop.days.good())
    assert loop.ledger.verified() == len(loop.ledger.events())
