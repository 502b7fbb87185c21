"""promote.py moves champion and previous, refuses what may not serve, and finishes what a kill cut in two."""

import processes
import pytest

from taxi.registry import CHALLENGER, CHAMPION, NAME, PREVIOUS
from taxi.settings import PROMOTED

pytest_plugins = ["registry_fixtures"]


def promoted(place, *words):
    done = place.command("promote", *words)
    assert done.exit_code == 0, done.stderr
    return done.stdout


def refused(place, *words):
    """What it says, in one line with exit code 2; and nothing moved."""
    before = place.registry.aliases()
    done = place.command("promote", *words)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert place.registry.aliases() == before
    (line,) = done.stderr.splitlines()
    return line.removeprefix("error: ")


def test_the_first_promotion_makes_a_champion_and_no_previous(place):
    said = promoted(place, "2")
    assert said == f"version 2 is champion. {PROMOTED}\n"
    assert place.registry.aliases() == {CHAMPION: "2"}
    assert place.stages() == {"1": "none", "2": "production", "3": "none"}


def test_what_served_becomes_previous(place):
    for number in ("1", "2", "3"):
        promoted(place, number)
    assert place.registry.aliases() == {CHAMPION: "3", PREVIOUS: "2"}
    assert place.stages() == {"1": "none", "2": "archived", "3": "production"}


def test_back_returns_to_previous_and_once_more_comes_forth_again(place):
    promoted(place, "1")
    promoted(place, "3")
    assert promoted(place, "--back").startswith("version 1 is champion.")
    assert place.registry.aliases() == {CHAMPION: "1", PREVIOUS: "3"}
    assert place.stages() == {"1": "production", "2": "none", "3": "archived"}
    promoted(place, "--back")
    assert place.registry.aliases() == {CHAMPION: "3", PREVIOUS: "1"}


def test_promoting_the_champion_again_changes_nothing(place):
    promoted(place, "1")
    promoted(place, "2")
    promoted(place, "2")
    assert place.registry.aliases() == {CHAMPION: "2", PREVIOUS: "1"}


def test_newest_is_the_version_registered_last(place):
    assert promoted(place, "newest").startswith("version 3 ")
    assert place.registry.aliases() == {CHAMPION: "3"}


def test_a_challenger_that_is_promoted_is_on_trial_no_longer(place):
    promoted(place, "1")
    place.registry.point(CHALLENGER, "2")
    promoted(place, "2")
    assert place.registry.aliases() == {CHAMPION: "2", PREVIOUS: "1"}


def test_a_trial_is_staging_and_changes_nothing_else(place):
    """Somebody may look closer, from its file; the champion serves on."""
    promoted(place, "1")
    assert promoted(place, "2", "--trial").startswith("version 2 is challenger, in staging")
    assert place.registry.aliases() == {CHAMPION: "1", CHALLENGER: "2"}
    assert [version.stage for version in place.registry.versions()] == ["production", "staging", "none"]


def test_what_serves_cannot_be_put_on_trial(place):
    promoted(place, "1")
    assert refused(place, "1", "--trial").startswith("version 1 serves already")


def test_another_challenger_stays_on_trial(place):
    place.registry.point(CHALLENGER, "3")
    promoted(place, "1")
    assert place.registry.aliases() == {CHAMPION: "1", CHALLENGER: "3"}


def test_a_version_that_does_not_exist_is_refused(place):
    assert refused(place, "7") == "trip-duration has no version '7'; there are: 1, 2, 3"


def test_an_empty_registry_has_nothing_to_promote(empty):
    for words in (["1"], ["newest"]):
        assert "python train.py" in refused(empty, *words)
    assert "python models.py" in refused(empty, "--back")


def test_back_without_a_previous_version_is_refused(place):
    promoted(place, "1")
    assert refused(place, "--back") == "there is no version before this one. See what there is: python models.py"


@pytest.mark.parametrize("words", [[], ["2", "--back"], ["--trial", "--back"]])
def test_either_a_version_or_back_must_be_said(place, words):
    assert refused(place, *words) == "say which version, or --back: python promote.py 3"


def test_a_tampered_version_is_refused_and_the_champion_keeps_serving(place):
    promoted(place, "1")
    data = bytearray(place.model_file("2").read_bytes())
    data[len(data) // 2] ^= 1
    place.model_file("2").write_bytes(data)
    assert "version 2 is not the file on record" in refused(place, "2")


def test_back_to_a_version_that_was_tampered_with_is_refused(place):
    promoted(place, "1")
    promoted(place, "2")
    place.model_file("1").write_bytes(b"")
    assert "version 1 is not the file on record" in refused(place, "--back")


@pytest.mark.parametrize("rmse", [13.0, float("nan")])
def test_a_version_that_does_not_beat_the_mean_is_refused(place, rmse):
    """Saying the mean of the month has an error of 12.26 minutes."""
    place.client.log_metric(place.registry.version("1").run_id, "rmse", rmse)
    assert refused(place, "1") == f"version 1 has an error of {rmse:.2f} minutes, the mean alone 12.26. Train another"


def test_a_version_without_figures_is_refused(place):
    """Registered by hand, with the very bytes of a good one."""
    with place.mlflow.start_run() as run:
        pass
    place.registry.register(place.model_file("1").read_bytes(), run.info.run_id, {})
    assert refused(place, "4") == "version 4 has no rmse on record. Train it with train.py"


def test_a_version_of_another_signature_is_refused(place):
    """On record with its true hash: still no graph of five numbers in, minutes out."""
    from onnx import TensorProto, helper

    sides = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, 4]) for name in ("trip", "minutes")]
    graph = helper.make_graph([helper.make_node("Identity", ["trip"], ["minutes"])], "four", sides[:1], sides[1:])
    data = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)]).SerializeToString()
    place.model_file("2").write_bytes(data)
    from taxi.graph import digest

    place.client.set_model_version_tag(NAME, "2", "sha256", digest(data))
    assert "the graph is refused" in refused(place, "2")


@pytest.mark.parametrize("moment", ["before the second alias", "after the second alias"])
def test_killed_between_its_writes_the_same_command_finishes_the_promotion(place, moment):
    promoted(place, "1")
    promoted(place, "2")
    assert processes.end(processes.start(processes.promote, place, moment, "3")) == -9
    promoted(place, "3")
    assert place.registry.aliases() == {CHAMPION: "3", PREVIOUS: "2"}
    assert place.stages() == {"1": "none", "2": "archived", "3": "production"}


@pytest.mark.parametrize("moment", ["before the second alias", "after the second alias", "after the third alias"])
def test_killed_between_its_writes_back_finishes_and_forgets_neither_version(place, moment):
    """Nor does it turn round half-way: where it was going is on record."""
    promoted(place, "1")
    promoted(place, "3")
    assert processes.end(processes.start(processes.promote, place, moment, "--back")) == -9
    assert promoted(place, "--back").startswith("version 1 is champion.")
    assert place.registry.aliases() == {CHAMPION: "1", PREVIOUS: "3"}


def test_a_back_that_was_killed_is_off_when_a_version_is_promoted(place):
    promoted(place, "1")
    promoted(place, "3")
    processes.end(processes.start(processes.promote, place, "before the second alias", "--back"))
    promoted(place, "2")
    assert place.registry.aliases() == {CHAMPION: "2", PREVIOUS: "3"}
    promoted(place, "--back")
    assert place.registry.aliases() == {CHAMPION: "3", PREVIOUS: "2"}


def test_a_registry_that_fails_in_between_leaves_a_champion_that_serves(place, monkeypatch):
    """The second write is refused: the old champion is champion still."""
    from promote import promote

    promoted(place, "1")
    registry = place.registry
    point = registry.point

    def once(alias, number):
        point(alias, number)
        monkeypatch.setattr(registry, "point", lambda *_: (_ for _ in ()).throw(ConnectionError))

    monkeypatch.setattr(registry, "point", once)
    with pytest.raises(ConnectionError):
        promote(registry, "2")
    assert place.registry.champion().number == "1"
    promoted(place, "2")
    assert place.registry.aliases() == {CHAMPION: "2", PREVIOUS: "1"}
