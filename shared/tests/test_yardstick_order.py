"""What is asked for, and what is kept of a report that is there already."""

import pytest
from made_up_results import made_up

from yardstick.order import Order, which


def of(kind):
    return [world for world in made_up()["worlds"] if world["kind"] == kind]


def test_the_command_makes_it_again():
    order = Order("tlc city", 3, "central", variants=True, short=True, add=True)
    assert order.command == "make compare SOURCE='tlc city' SEEDS=3 OFFICE=central VARIANTS=1 SHORT=1 ADD=1"
    assert Order.of(order.command) == order


def test_each_simulated_world_has_its_seeds_and_the_real_one_has_none():
    found = [(where.source, where.seed, where.kind) for where in Order("tlc city placebo", 2).worlds]
    shocked, placebo = [("city", seed, "shocked") for seed in (1, 2)], [("city", seed, "placebo") for seed in (1, 2)]
    assert found == [("tlc", 0, "real"), *shocked, *placebo]
    assert not Order("placebo").worlds[0].year().incidents


def test_full_is_every_office_and_begins_with_the_one_that_was_named():
    assert Order(office="slow", full=True).offices == ["slow", "fast", "central"]
    assert Order(office="slow fast").offices == ["slow", "fast"]


@pytest.mark.parametrize("words", [{"source": "mars"}, {"source": ""}, {"source": "city mars"}, {"office": "home"}])
def test_a_name_that_is_none_is_named(words):
    with pytest.raises(ValueError, match=r"--(source is of tlc, city, placebo|office is of fast, central, slow)"):
        Order(**words)


def test_what_is_added_stands_beside_what_is_there_and_replaces_its_own():
    there, anew = made_up(), [world | {"code": "new"} for world in of("shocked")[:1]]
    found = Order("city", add=True).results(anew, there, there["climb"])
    assert [which(world) for world in found["worlds"]] == [which(world) for world in there["worlds"]]
    assert [world["code"] for world in found["worlds"]].count("new") == 1
    assert found["made_by"] == f"{there['made_by']} && make compare SOURCE=city SEEDS=1 OFFICE=central ADD=1"
    again = Order("city", add=True).results(anew, found, there["climb"])
    assert again["made_by"] == found["made_by"]
    assert {one["stream"] for one in found["hypotheses"]} == {"real", "city", "placebo"}


def test_a_command_whose_worlds_were_all_lived_again_is_not_named():
    """Twenty seeds replace three; two of them with all variants replace two."""
    there, seeds = made_up() | {"made_by": Order("city", 3).command}, of("shocked")[0]
    twenty, two = Order("city", 20, add=True), Order("city", 2, variants=True, add=True)
    found = twenty.results([seeds | {"seed": seed} for seed in range(1, 21)], there, [])
    assert found["made_by"] == twenty.command
    found = two.results([seeds | {"seed": seed} for seed in (1, 2)], found, [])
    assert found["made_by"] == f"{twenty.command} && {two.command}"


def test_without_add_nothing_is_kept():
    found = Order("city").results(of("shocked"), made_up(), [])
    assert {world["kind"] for world in found["worlds"]} == {"shocked"}
    assert "&&" not in found["made_by"]
