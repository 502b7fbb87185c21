"""Each hypothesis is held by results that bear it out, failed by those that do not, left open where nothing ran."""

import pytest

from yardstick.hypotheses import PROTOCOL, RULES, judge, protocol_hash

DAYS, START = 100, "2021-03-01"


def life(name, error, office=None, acts=(), hours=0.0):
    """Of 1,000 trips a day. acts: (day of March, kind)."""
    told = [{"day": f"2021-03-{day:02}", "kind": kind, "said": ""} for day, kind in acts]
    return {"name": name, "level": None, "office": office, "errors": [1000 * error] * DAYS, "trips": [1000] * DAYS,
            "bad": [0] * DAYS, "worst": {}, "acts": told, "hours": {"work": hours}, "fits": 1, "seconds": 0.0,
            "crashed": None}  # fmt: skip


def world(kind="real", **errors):
    """A world in which every hypothesis holds, but for the errors that are said; names with _ for blanks."""
    told = {"oracle": 3.0, "never": 4.0, "level 0": 3.6, "level 0, diligent": 3.4, "level 1": 3.5, "level 2": 3.3,
            "level 3": 3.2, "level 3, 7/14/28 days": 3.05, "level 4": 3.1, "level 4, 28 days": 3.12,
            "level 4, unchecked": 3.12, "level 4, no contract": 3.115, "level 4, labels 60 days late": 4.1}  # fmt: skip
    told |= errors
    acts = {"level 1": [(20, "complaint")], "level 3": [(4, "alarm")] * 20, "level 4": [(3, "alarm"), (5, "tell")]}
    hours = {"level 0, diligent": 300.0, "level 1": 60.0}
    people = {name for name in told if name.startswith("level") and not name.startswith("level 4")}
    lives = [life(name, error, "central" if name in people else None, acts.get(name, ()), hours.get(name, 0.0))
             for name, error in told.items()]  # fmt: skip
    lives += [life("level 3", told["level 3"] * 1.01, "slow"), life("level 3", told["level 3"], "fast")]
    lockdown = [{"kind": "lockdown", "start": START, "end": "2021-04-01", "size": 0.6}] if kind != "placebo" else []
    return {"source": "tlc", "seed": 0, "kind": kind, "code": "", "days": [], "incidents": lockdown, "lives": lives}


def held(found):
    return {one["name"]: one["held"] for one in judge([found])}


def test_results_that_bear_them_out_hold_them():
    assert set(held(world()).values()) == {True}
    assert set(held(world()) | held(world("placebo", **CALM))) == set(RULES)


CALM = {f"level {number}": 3.1 + 0.001 * (4 - number) for number in range(5)}
FAILING = [
    ("H3", {"level 3": 3.12}), ("H4", {"level 4, unchecked": 3.2}), ("H6", {"level 2": 3.6}),
    ("H7", {"level 0, diligent": 3.7}), ("H8", {"level 3, 7/14/28 days": 3.19}),
    ("H9", {"level 4, no contract": 3.101}), ("H11", {"level 4, labels 60 days late": 3.9}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "errors"), FAILING)
def test_results_that_do_not_fail_it(name, errors):
    assert held(world(**errors))[name] is False


def test_who_finds_late_who_waits_and_who_is_slow_fail_theirs():
    late, told, slow = world(), world(), world()
    for one in late["lives"]:
        one["acts"] = [] if one["name"] == "level 4" else one["acts"]
    for one in told["lives"]:
        one["acts"] = one["acts"] * 9 if one["name"] == "level 4" else one["acts"]
    for one in slow["lives"]:
        one["errors"] = [9e3] * DAYS if one["office"] == "slow" else one["errors"]
    assert held(late)["H1"] is False
    assert held(told)["H2"] is False
    assert held(slow)["H10"] is False


def test_a_placebo_in_which_levels_differ_fails():
    assert held(world("placebo", **CALM))["H5"] is True
    assert held(world("placebo", **CALM | {"level 2": 3.3}))["H5"] is False
    assert held(world("placebo", **CALM | {"level 4": 3.11}))["H5"] is False


def test_where_not_all_seeds_can_tell_it_says_how_many():
    """Two cities, one of them without the variants and the other offices."""
    whole, part = world("shocked"), world("shocked")
    part["lives"] = [one for one in part["lives"] if "," not in one["name"] and one["office"] in (None, "central")]
    found = {one["name"]: one["found"] for one in judge([whole, part])}
    assert {name for name, said in found.items() if said.endswith("(1 of 2 seeds)")} == {"H4", "H7", "H9", "H10", "H11"}


def test_what_was_not_run_cannot_be_said():
    """Nor what crashed."""
    few = world()
    few["lives"] = [one for one in few["lives"] if "," not in one["name"] and one["office"] != "slow"]
    assert {name for name, found in held(few).items() if found is None} == {"H4", "H7", "H8", "H9", "H10", "H11"}
    broken = world()
    for one in broken["lives"]:
        one["crashed"] = "out of cheese" if one["name"] == "level 4" else None
    assert held(broken)["H3"] is None


def test_the_protocol_names_them_all_and_its_hash_is_its_own():
    text = PROTOCOL.read_text(encoding="utf-8")
    assert all(f"| {name} |" in text for name in RULES)
    assert len(protocol_hash()) == 64
