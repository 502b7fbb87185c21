"""route.py brings the service along with the registry: models on the shelf, a table that services follow."""

import promote
import pytest
import route

from taxi.registry import CHALLENGER, CHAMPION
from taxi.serving import routing, shelf, source

pytest_plugins = ["registry_fixtures"]


def said(place, *words):
    done = place.command("route", *words)
    assert done.exit_code == 0, done.output
    return done.stdout


def refused(place, *words):
    done = place.command("route", *words)
    assert (done.exit_code, done.stdout) == (2, "")
    return done.stderr


def table(place):
    return routing.read(place.settings.serving / source.ROUTES)


@pytest.fixture
def promoted(place):
    place.registry.point(CHAMPION, "1")
    return place


def test_the_champion_answers_everybody(promoted):
    assert said(promoted).startswith("version 1 answers everybody")
    found = table(promoted)
    assert (found.champion.number, found.challenger, found.share, found.generation) == ("1", None, 0, 1)
    data = shelf.get(promoted.settings.serving / source.SHELF, found.champion.sha256)
    assert data == promoted.registry.graph(promoted.registry.version("1"))


def test_a_challenger_begins_in_the_shadow_and_gets_a_share_when_somebody_says_so(promoted):
    """The experiment keeps its name while the share grows; another challenger begins another one."""
    promoted.registry.point(CHALLENGER, "2")
    said(promoted)
    first = table(promoted)
    assert (first.challenger.number, first.share) == ("2", 0)
    assert said(promoted, "--share", "5").startswith("version 1 answers, version 2 5 % of the riders")
    assert (table(promoted).share, table(promoted).experiment_id) == (0.05, first.experiment_id)
    said(promoted)
    assert table(promoted).share == 0.05  # nothing was said of it
    promoted.registry.point(CHALLENGER, "3")
    said(promoted)
    assert table(promoted).share == 0
    assert table(promoted).experiment_id != first.experiment_id
    assert table(promoted).generation == 4


def test_stop_is_one_write_and_needs_no_registry(promoted, monkeypatch):
    promoted.registry.point(CHALLENGER, "2")
    said(promoted, "--share", "50")
    monkeypatch.setattr(route, "following", lambda *_: pytest.fail("the registry was asked"))
    assert said(promoted, "--stop").startswith("version 1 answers everybody")
    assert (table(promoted).challenger, table(promoted).generation) == (None, 2)


def test_what_cannot_be_routed_is_refused_and_changes_nothing(promoted):
    assert "python route.py" in refused(promoted, "--stop")
    assert "python promote.py VERSION --trial" in refused(promoted, "--share", "5")
    said(promoted)
    promoted.registry.point(CHALLENGER, "2")
    data = bytearray(promoted.model_file("2").read_bytes())
    data[100] ^= 1
    promoted.model_file("2").write_bytes(data)
    before = table(promoted)
    assert "is not the file on record" in refused(promoted)
    assert table(promoted) == before


def test_nothing_promoted_is_told(place):
    assert "no version is champion" in refused(place)


def test_promoting_alone_does_not_change_what_serves(promoted):
    """The table is the service's truth, as the alias is the registry's: a person brings one to the other."""
    said(promoted)
    promote.promote(promoted.registry, "2")
    assert table(promoted).champion.number == "1"
    said(promoted)
    assert table(promoted).champion.number == "2"
