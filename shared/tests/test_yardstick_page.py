"""The page says what the results hold, whatever they hold, in one file that asks nobody for anything."""

import json
import re
import subprocess
import sys
from copy import deepcopy

import pytest
from cvd import CONTRAST, apart, contrast
from made_up_results import LADDER, boards, made_up

from yardstick.page import hero, palette, write
from yardstick.page.headline import headline
from yardstick.page.lives import names
from yardstick.page.variants import variants
from yardstick.page.write import page

SOUND_VARIANTS = ["level 0, diligent", "level 3, 7/14/28"]


@pytest.fixture(scope="module")
def results():
    return made_up()


@pytest.fixture(scope="module")
def text(results):
    return page(results)


def without(results, name):
    """The same results, but for the lives of that name."""
    changed = deepcopy(results)
    for world in changed["worlds"]:
        world["lives"] = [life for life in world["lives"] if life["name"] != name]
    return changed


def test_it_is_one_file_that_asks_for_nothing(results, tmp_path):
    """Under 2 MB; no address but data:, and a policy that forbids all others."""
    write(results, tmp_path / "report/index.html")
    made = (tmp_path / "report/index.html").read_text()
    assert len(made.encode()) < 2_000_000
    assert re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?(?!data:|#)[^"')\s>]+""", made) == []
    assert "default-src 'none'" in made
    assert [path.name for path in (tmp_path / "report").iterdir()] == ["index.html"]


def test_the_same_results_give_the_same_bytes(results, tmp_path):
    for folder in ("one", "two"):
        write(results, tmp_path / folder / "index.html")
        hero(results, tmp_path / folder)
    for name in ("index.html", "hero-light.svg", "hero-dark.svg"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_nothing_is_left_to_fill_in(text):
    assert re.findall(r"\{\{\w+\}\}", text) == []


def test_what_results_say_is_shown_and_never_run(results):
    """A level that is named like a script, or like a place in the template, is text."""
    odd = "</script><script>alert(1)</script>{{data}}"
    changed = deepcopy(results)
    changed["made_by"] = odd
    changed["hypotheses"][0]["found"] = odd
    changed["worlds"][0]["lives"][0]["name"] = odd
    made = page(changed)
    assert "alert(1)</script>{{" not in made
    assert made.count("<script") == 2
    json.loads(re.search(r'id="data">(.*?)</script>', made, re.S)[1])


def test_worlds_of_different_code_are_told_apart(results):
    changed = deepcopy(results)
    changed["worlds"][1]["code"] = "another"
    assert "lived by two states of the code" in page(changed)
    assert "states of the code" not in page(results)


def test_the_headline_follows_the_figures(results):
    """Turn the ladder round, and the words turn round: nothing is written into the page beforehand."""
    turned = deepcopy(results)
    for world in turned["worlds"]:
        for life in world["lives"]:
            if life["name"] in LADDER:
                life["name"] = f"level {4 - int(life['name'][-1])}"
                life["level"] = f"level{life['name'][-1]}_turned"
    assert "level 4 came closest" in headline(boards(results)["real"], "central")
    assert "level 0 came closest" in headline(boards(turned)["real"], "central")
    assert "more person-minutes" in headline(boards(turned)["real"], "central")


def test_a_crashed_life_is_shown_with_its_reason_and_the_others_stand(results, text):
    assert "crashed after 230 days; 2020-11-07: OSError: the disk of var/ was full" in text
    assert "Crashed, and its line ends there: level 4, unchecked (after 230 days)." in text
    assert "Not compared, because it crashed: level 4, unchecked." in text
    assert [one.shown.name for one in variants(boards(results)["real"], "central")] == SOUND_VARIANTS


def test_a_seed_that_lived_in_another_office_is_not_mixed_in(results):
    """Of three seeds two lived in the slow office too: there every row is of those two, and the words say so."""
    changed = deepcopy(results)
    last = [world for world in changed["worlds"] if world["kind"] == "shocked"][-1]
    last["lives"] = [life for life in last["lives"] if life["office"] in (None, "central")]
    city = boards(changed)["city"]
    assert {sum(one is not None for one in row.each) for row in city.rows["slow"]} == {2}
    assert {sum(one is not None for one in row.each) for row in city.rows["central"]} == {3}
    assert "2 seeds of 365 days each; a figure is their median; 1 other not lived" in headline(city, "slow")
    assert city.of("level 1", "slow").label == "level 1"
    assert city.of("level 0, diligent", "slow").label == "level 0, diligent (central office)"
    assert page(changed)


@pytest.mark.parametrize("gone", ["oracle", "never", "level 0", "level 2", "every 30 days", "level 0, diligent"])
def test_any_life_may_be_missing(results, gone):
    assert page(without(results, gone))


@pytest.mark.parametrize("kept", ["real", "shocked", "placebo"])
def test_any_one_stream_will_do(results, kept, tmp_path):
    """Even one seed of it, without hypotheses and without a climb."""
    world = next(one for one in results["worlds"] if one["kind"] == kept)
    alone = {**results, "worlds": [world], "hypotheses": [], "climb": []}
    assert "how much is luck cannot be said" in page(alone)
    hero(alone, tmp_path)


def test_where_a_level_crashed_everywhere_the_step_goes_past_it(results):
    changed = deepcopy(results)
    for world in changed["worlds"]:
        for life in world["lives"]:
            if life["name"] == "level 3":
                life |= {"crashed": "why", "errors": [], "trips": [], "bad": []}
    said = headline(boards(changed)["real"], "central")
    assert "<b>level 4</b> over level 2" in said
    assert "Crashed, and not compared: level 3." in said
    assert page(changed)


def test_nothing_to_show_is_said_with_its_remedy(results, tmp_path):
    with pytest.raises(ValueError, match="run the comparison first"):
        write({**results, "worlds": []}, tmp_path / "index.html")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_levels_can_be_told_apart_by_all_eyes(scheme):
    """With each of three colour blindnesses, and against the ground (WCAG: 3 to 1 for graphics, 4.5 for text)."""
    colours, ground = palette.LEVELS[scheme], palette.GROUND[scheme]
    assert apart(colours) >= 9
    assert min(contrast(colour, ground) for colour in colours) >= CONTRAST["graphics"]
    words = (palette.INK, palette.SOFT, palette.STOPPED, palette.HELD)
    assert min(contrast(colour[scheme], ground) for colour in words) >= CONTRAST["text"]


def test_no_two_lives_of_a_plot_look_the_same(results):
    every = names(results["worlds"], LADDER)
    others = [name for name in every if name not in LADDER]
    assert len({palette.style(name, LADDER, others) for name in every}) == len(every)


def test_the_page_is_imported_without_the_plotting_library():
    code = "import sys, yardstick.page; print('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
