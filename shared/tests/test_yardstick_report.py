"""The committed report and the front page say the same, and what they say comes from one run."""

import json
from pathlib import Path

import pytest

from yardstick.card import card
from yardstick.hypotheses import judge, protocol_hash
from yardstick.page.hero import hero

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "report" / "results.json"
pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture(scope="module")
def results():
    if not RESULTS.is_file():
        pytest.skip("no report/ beside shared/: run this in the whole house")
    return json.loads(RESULTS.read_text())


def test_the_front_page_has_the_scorecard_of_the_run(results):
    readme = (ROOT / "README.md").read_text()
    assert card(results) in readme
    assert results["made_by"] in readme


def test_its_pictures_are_of_the_run(results, tmp_path):
    hero(results, tmp_path)
    for name in ("hero-light.svg", "hero-dark.svg"):
        assert (tmp_path / name).read_bytes() == (ROOT / "report" / name).read_bytes()


def test_its_hypotheses_are_those_of_the_protocol_and_judged_by_the_rules(results):
    """Who changes the protocol after the run is found out."""
    assert results["protocol"] == protocol_hash()
    assert results["hypotheses"] == judge(results["worlds"])


def test_all_lives_were_lived_to_their_end(results):
    for world in results["worlds"]:
        assert {one["crashed"] for one in world["lives"]} == {None}
        assert {len(one["errors"]) for one in world["lives"]} == {len(world["days"])}
