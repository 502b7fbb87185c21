"""The sliders of the page: what they make of error, people and building, in a real browser."""

import pytest
from made_up_results import made_up
from yardstick_pages import costs, shown, slide

from yardstick.page import write

pytest_plugins = ["browser"]

VALUES = {"hour": 80, "minute": 0.05}


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "index.html"
    write(made_up(), path)
    return path


def test_money_is_what_the_formula_says(visit, file):
    """For one life by hand; a second model doubles error and people, and leaves the building."""
    page = visit(file)
    world = made_up()["worlds"][0]
    mean = {}
    for life in world["lives"]:
        if life["name"] in ("oracle", "level 2") and life["office"] in (None, "central"):
            mean[life["name"]] = life
    life, best = mean["level 2"], mean["oracle"]
    above = sum(life["errors"]) / sum(life["trips"]) - sum(best["errors"]) / sum(best["trips"])
    error = above * sum(life["trips"]) * 365 / 436 * VALUES["minute"]
    people, building = sum(life["hours"].values()) * 365 / 436 * VALUES["hour"], (24 + 24) * VALUES["hour"]
    name = next(name for name in costs(page) if name.startswith("level 2"))
    assert costs(page)[name] == pytest.approx([error + people + building, error, people, building], abs=1)
    slide(page, models=2, years=2)
    name = next(name for name in costs(page) if name.startswith("level 2"))
    both = [2 * error + 2 * people + building / 2, 2 * error, 2 * people, building / 2]
    assert costs(page)[name] == pytest.approx(both, abs=1)


def test_the_cheapest_follows_the_prices(visit, file):
    """One, of those with people in them: the least in the table, named above it. What crashed has no price."""
    page = visit(file)
    for prices in ({}, {"minute": 0}, {"minute": 1, "models": 100}):
        slide(page, **prices)
        table = costs(page)
        marked = [name for name in table if "cheapest" in name]
        priced = {name: cells[0] for name, cells in table.items() if cells[0] is not None}
        assert marked == [min(priced, key=priced.get)]
        assert f"{marked[0].split(' ✓')[0]} is cheapest at these prices" in shown(page, "cheapest")
    assert marked == ["level 4 ✓ cheapest"]  # dear error and many models: the one with least error
    assert table["level 4, unchecked"] == [None] * 4
    assert table["never"][0] is None


def test_a_level_pays_from_the_model_that_pays_for_its_building(visit, file):
    """Dearer building, more models; the sheet for the lead says the same."""
    page = visit(file)
    for _ in range(2):
        rows = list(costs(page).values())
        saved = sum(rows[2][1:3]) - sum(rows[3][1:3])
        building = rows[3][3] - rows[2][3]
        models = max(1, -(-building // saved))
        from_ = "the first model" if models == 1 else f"{models} models"
        said = f"Level 3 pays over level 2 from {from_} on."
        assert said in shown(page, "pays")
        assert said in shown(page, "sheet")
        slide(page, **{"build-3": 240})


def test_a_level_that_saves_nothing_never_pays(visit, file):
    page = visit(file)
    slide(page, minute=0)
    assert "Level 3 does not pay over level 2 at these prices: it saves nothing a year." in shown(page, "pays")
