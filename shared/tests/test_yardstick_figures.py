"""What the page shows of lives: figures, their middle over seeds, variants, lines."""

import numpy as np
import pytest
from made_up_results import LADDER, boards, made_up

from yardstick import score
from yardstick.page.figures import Took, figures, middle, took
from yardstick.page.lives import ladder, names, pick
from yardstick.page.money import build_hours
from yardstick.page.spread import spread
from yardstick.page.timeline import trailing
from yardstick.page.variants import variants


@pytest.fixture(scope="module")
def results():
    return made_up()


def test_lives_are_shown_levels_first_then_variants_the_oracle_last(results):
    worlds = results["worlds"]
    assert ladder(worlds) == LADDER
    assert names(worlds, LADDER) == [
        *LADDER, "level 0, diligent", "level 3, 7/14/28", "level 4, unchecked", "never", "every 7 days, unchecked",
        "every 30 days", "oracle",
    ]  # fmt: skip


def test_a_life_of_another_office_says_so(results):
    """Variants lived in the central office only."""
    labels = [one.label for one in boards(results)["real"].rows["slow"]]
    assert "level 3, 7/14/28 (central office)" in labels
    assert {"level 3", "never", "oracle"} <= set(labels)


def test_figures_are_those_of_score(results):
    world = results["worlds"][0]
    life, oracle, never = (pick(world, name, "central") for name in ("level 2", "oracle", "never"))
    found = figures(world, life)
    assert found.excess == score.excess(life, oracle)
    assert found.early_closed == score.closed(life, never, oracle, 60)
    assert found.hours == pytest.approx(sum(life["hours"].values()) * 365 / 436)
    assert found.found == {"lockdown": [Took(score.detected(life["acts"], "2020-03-22"))]}


def test_a_figure_of_several_seeds_is_their_median(results):
    city = boards(results)["city"].of("level 1", "fast")
    assert city.middle.excess == sorted(one.excess for one in city.each)[1]
    assert len(city.middle.found["kilometres 2"]) == 3


def test_a_seed_that_crashed_is_told_and_left_out_of_the_median(results):
    world = results["worlds"][1]
    sound = figures(world, pick(world, "level 1", "fast"))
    gone = figures(world, {**pick(world, "level 1", "fast"), "fits": 900, "crashed": "the disk was full"})
    both = middle([gone, sound])
    assert (both.fits, both.worlds) == (sound.fits, 2)
    assert both.crashed == ("after 365 days; the disk was full",)


def test_a_late_sign_is_marked_as_perhaps_anothers():
    """In brackets: the next incident had begun by then."""
    assert took([Took(90, True), Took(80, True), Took(3)]) == Took(80, True)
    assert took([Took(None)]) == Took(None)


def test_a_variant_is_compared_seed_by_seed(results):
    city = boards(results)["city"]
    one = variants(city, "central")[0]
    differences = [own.excess - plain.excess for own, plain in zip(one.shown.each, one.plain.each, strict=True)]
    assert one.more.median == sorted(differences)[1]


def test_a_life_that_not_all_seeds_have_says_so(results):
    first = next(world for world in results["worlds"] if world["kind"] == "shocked")
    lives = [one for one in first["lives"] if one["name"] != "level 4, unchecked"]
    worlds = [world | {"lives": lives} if world is first else world for world in results["worlds"]]
    labels = [one.label for one in boards(results | {"worlds": worlds})["city"].rows["central"]]
    assert "level 4, unchecked (2 of 3 seeds)" in labels
    assert "level 4" in labels


def test_the_interval_holds_nine_of_ten():
    """numpy's own quantiles."""
    values = np.random.default_rng(0).normal(0, 1, 20).tolist()
    assert spread(values) == pytest.approx(np.quantile(values, [0.05, 0.5, 0.95]).tolist())
    assert spread([7.0]) == (7.0, 7.0, 7.0)


def test_the_line_is_the_mean_of_seven_days_with_every_trip_counted_once(results):
    life = results["worlds"][0]["lives"][0]
    line = trailing(life)
    assert line[:6] == [None] * 6
    assert line[9] == round(sum(life["errors"][3:10]) / sum(life["trips"][3:10]), 3)
    assert len(line) == 436


def test_building_is_counted_from_the_lines_that_a_level_has_more(results):
    folders = {f"level {number}": one["level"] for number, one in enumerate(results["climb"])}
    assert build_hours(results["climb"], folders, LADDER) == [0, 24, 24, 60, 52]
    assert build_hours([], folders, LADDER) == [0] * 5
