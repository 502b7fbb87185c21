"""Three comparisons across the ladder: true, false or flat, as the errors are."""

import re

import pytest
from made_up_results import boards, made_up

from yardstick.page.surprises import surprises

NAMES = ("level 0, diligent", "level 1", "every 7 days", "level 3", "level 3, 7/14/28 days", "level 4, 28 days")


def page(**minutes):
    """Of a real stream in which these lives err by so much every day, beside an oracle of 3 minutes."""
    results = made_up(cities=0, placebos=0)
    (world,) = results["worlds"]
    oracle = next(one for one in world["lives"] if one["name"] == "oracle")
    flat = [3.0 * count for count in oracle["trips"]]
    steady = dict(zip(NAMES, minutes.values(), strict=True))
    plain = oracle | {"level": "level9", "hours": {"work": 10.0}}
    lives = [
        plain | {"name": name, "errors": [one * count for count in oracle["trips"]]} for name, one in steady.items()
    ]
    world["lives"] = [oracle | {"errors": flat}, *lives]
    return re.sub(r"<[^>]+>", "", surprises(boards(results)["real"], ""))


def said(a=3.1, b=3.2, c=3.1, d=3.2, e=3.1, f=3.15):
    return re.findall(r"(true|false|flat) here", page(a=a, b=b, c=c, d=d, e=e, f=f))


def test_each_is_told_as_it_is():
    assert said() == ["true"] * 3
    assert said(b=3.0, d=3.0, f=3.05) == ["false"] * 3
    assert said(b=3.104, d=3.102, f=3.101) == ["flat"] * 3


def test_the_figures_are_those_of_the_lives():
    text = page(a=3.1, b=3.2, c=3.1, d=3.2, e=3.1, f=3.15)
    assert "Level 0, diligent has 100 person-minutes per 1,000 trips less than level 1. It takes 1.0 times" in text
    assert "level 4, 28 days has 50 person-minutes per 1,000 trips less than level 3" in text


@pytest.mark.parametrize("stream", ["city", "placebo"])
def test_seeds_are_counted_and_lives_that_lack_are_not_spoken_of(stream):
    text = surprises(boards(made_up())[stream], "central")
    assert re.search(r"less in \d of [23] seeds", text)
    assert "window" not in text
