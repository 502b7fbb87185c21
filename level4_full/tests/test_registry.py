"""The alias is the truth and the tag follows; a version is the file on record or nothing; no answer is not "none"."""

import onnx
import pytest

from taxi.errors import BadModel, NoAnswer, UnsafeModel
from taxi.registry import CHALLENGER, CHAMPION, NAME, PREVIOUS, RETURNING, stages

pytest_plugins = ["registry_fixtures"]


@pytest.mark.parametrize(
    ("aliases", "expected"),
    [
        ({}, ["none", "none", "none"]),
        ({CHAMPION: "2"}, ["none", "production", "none"]),
        ({CHAMPION: "3", PREVIOUS: "2", CHALLENGER: "1"}, ["staging", "archived", "production"]),
        ({CHAMPION: "1", PREVIOUS: "1", CHALLENGER: "1"}, ["production", "none", "none"]),
        ({CHALLENGER: "2", PREVIOUS: "2"}, ["none", "staging", "none"]),
        ({CHAMPION: "2", RETURNING: "1", "somebody-else's": "3"}, ["none", "production", "none"]),
    ],
)
def test_a_stage_is_derived_from_the_aliases(aliases, expected):
    """Of several aliases the highest counts: what serves is in production, whatever else it is."""
    found = stages(aliases, ["1", "2", "3"])
    assert [found[number] for number in ("1", "2", "3")] == expected


def test_the_four_stages_are_on_record_and_in_the_table(place):
    """none, staging, production, archived: version 4 stays as it was registered."""
    place.train(seed=3)
    for alias, number in ((PREVIOUS, "1"), (CHALLENGER, "2"), (CHAMPION, "3")):
        place.registry.point(alias, number)
    table = place.command("models").stdout.splitlines()
    assert [line.split()[:2] for line in table[2:]] == [
        ["4", "none"], ["3", "production"], ["2", "staging"], ["1", "archived"],
    ]  # fmt: skip
    assert place.stages() == {"1": "archived", "2": "staging", "3": "production", "4": "none"}


def test_an_alias_that_a_crash_left_without_its_tag_is_followed(place):
    place.client.set_registered_model_alias(NAME, CHAMPION, "2")
    assert place.stages()["2"] == "none"
    assert place.registry.version("2").stage == "production"
    assert place.stages()["2"] == "production"


def test_a_tag_that_a_crash_left_without_its_alias_is_taken_back(place):
    place.client.set_model_version_tag(NAME, "1", "stage", "production")
    assert place.registry.version("2").stage == "none"  # asked about any version
    assert place.stages() == {"1": "none", "2": "none", "3": "none"}


def test_a_tag_that_is_no_stage_at_all_is_repaired(place):
    place.client.set_model_version_tag(NAME, "3", "stage", "Production!")
    place.client.delete_model_version_tag(NAME, "2", "stage")
    assert [version.stage for version in place.registry.versions()] == ["none"] * 3
    assert place.stages() == {"1": "none", "2": "none", "3": "none"}


def test_versions_come_oldest_first_and_newest_is_the_last(three):
    assert [version.number for version in three.registry.versions()] == ["1", "2", "3"]
    assert three.registry.version("newest").number == "3"


def test_a_version_is_named_by_its_alias_as_well(place):
    place.registry.point(CHAMPION, "2")
    assert place.registry.version("champion").number == "2"


@pytest.mark.parametrize("number", ["4", "0", "-1", "01", "1.0", "champion", "one", ""])
def test_a_version_that_does_not_exist_is_named_with_those_that_do(three, number):
    with pytest.raises(BadModel, match=rf"has no version '{number}'; there are: 1, 2, 3"):
        three.registry.version(number)


def test_an_empty_registry_says_how_to_fill_it(empty):
    for question in (
        lambda: empty.registry.version("newest"),
        lambda: empty.registry.version("1"),
        empty.registry.champion,
    ):
        with pytest.raises(BadModel, match=r"python train\.py"):
            question()
    assert empty.registry.versions() == []
    assert empty.registry.aliases() == {}


def test_a_registry_that_does_not_answer_is_not_an_empty_one(place, monkeypatch):
    """With "no aliases" for an answer, a promotion would forget what served, and a table would show no stages."""
    from mlflow.exceptions import MlflowException

    def silent(*_):
        raise MlflowException("database is locked")

    registry = place.registry
    registry.point(CHAMPION, "1")
    monkeypatch.setattr(registry._client, "get_registered_model", silent)
    for question in (registry.aliases, registry.versions, registry.champion):
        with pytest.raises(NoAnswer, match="does not answer"):
            question()
    monkeypatch.undo()
    monkeypatch.setattr(registry._client, "search_model_versions", silent)
    with pytest.raises(NoAnswer, match="does not answer"):
        registry.versions()


def test_what_serves_is_the_concrete_version_of_the_champion(place):
    place.registry.point(CHAMPION, "2")
    champion = place.registry.champion()
    assert (champion.number, champion.stage) == ("2", "production")
    assert place.registry.load(champion).version == "2"


def test_the_graph_takes_five_floats_and_gives_minutes(three):
    graph = onnx.load_model_from_string(three.registry.graph(three.registry.version("1"))).graph
    for value, name, columns in ((graph.input[0], "trip", 5), (graph.output[0], "minutes", 1)):
        kind = value.type.tensor_type
        assert value.name == name
        assert kind.elem_type == onnx.TensorProto.FLOAT
        assert [dim.dim_value for dim in kind.shape.dim] == [0, columns]  # 0: any number of trips


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-1], lambda data: bytes([data[0] ^ 1]) + data[1:], lambda _: b""]
)
def test_a_file_that_is_not_the_one_on_record_is_refused(place, damage):
    file = place.model_file("2")
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(UnsafeModel, match=r"version 2 is not the file on record .* python reproduce\.py 2"):
        place.registry.load(place.registry.version("2"))
    place.registry.load(place.registry.version("1"))


def test_a_file_that_is_gone_is_named(place):
    place.model_file("2").unlink()
    with pytest.raises(BadModel, match=r"version 2 has no model\.onnx"):
        place.registry.load(place.registry.version("2"))


def test_a_graph_of_another_contract_is_refused_before_anything_is_written(empty):
    with pytest.raises(UnsafeModel):
        empty.registry.register(b"no graph", empty.few, {})
    assert empty.registry.versions() == []
    assert empty.client.list_artifacts(empty.few) == []


def test_a_version_of_a_run_that_was_wiped_is_still_listed(place):
    """Its figures are gone with the run, and nothing else is in the way."""
    place.client.create_model_version(NAME, "runs:/0/model", None, tags={"sha256": "0"})
    last = place.registry.versions()[-1]
    assert (last.number, dict(last.metrics), dict(last.params)) == ("4", {}, {})
    assert place.command("models").exit_code == 0
