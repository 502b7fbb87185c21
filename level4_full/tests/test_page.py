"""The page at /, used by a person in a real browser: with a mouse, with keys, and with mistakes."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pages import answered, fill
from playwright.sync_api import expect

pytest_plugins = ["browser"]


def test_minutes_appear_for_a_form_filled_by_mouse(visit):
    """The minutes are large, and the model that said them is named beside them."""
    page = visit()
    fill(page)
    answer = answered(page, page.get_by_role("button").click)
    minutes = page.locator("#minutes")
    expect(minutes).to_have_text(f"{answer['duration_minutes']:.1f}")
    expect(page.locator("#answer")).to_contain_text(f"model version {answer['model_version']}")
    assert minutes.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 48


def test_minutes_appear_by_keys_alone(visit):
    """Tab goes through the form in reading order, where one is can be seen, and Enter asks."""
    page = visit()
    for name, value in {"pickup_zone": "138", "dropoff_zone": "265", "distance_miles": "9.5"}.items():
        page.keyboard.press("Tab")
        field = page.locator(f"[name={name}]")
        expect(field).to_be_focused()
        expect(field).to_have_css("outline-style", "solid")
        page.keyboard.type(value)
    answer = answered(page, lambda: page.keyboard.press("Enter"))
    expect(page.locator("#minutes")).to_have_text(f"{answer['duration_minutes']:.1f}")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("pickup_zone", "300", "Pick-up zone: Input should be less than or equal to 265"),
        ("dropoff_zone", "Harlem", "Drop-off zone: Input should be a valid integer"),
        ("distance_miles", "0", "Distance in miles: Input should be greater than 0"),
        ("distance_miles", "2,6", "Distance in miles: Input should be a valid number"),
        ("distance_miles", "", "Distance in miles: Field required"),
        ("pickup_at", "1999-01-01T08:00", "Pick-up time: Input should be greater than or equal to 2009"),
    ],
)
def test_a_wrong_value_shows_why_the_service_refuses(visit, name, value, says):
    """The reason is the service's own, said of the field's label; the field is marked, and focused to mend it."""
    page = visit()
    fill(page, **{name: value})
    refusal = answered(page, page.get_by_role("button").click)
    alert, field = page.get_by_role("alert"), page.locator(f"[name={name}]")
    expect(alert).to_have_text(re.compile("^" + re.escape(says)))
    expect(alert).to_contain_text(refusal["detail"][0].removeprefix(f"{name}: "))
    expect(alert).to_have_attribute("aria-live", "assertive")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()


def test_every_reason_is_shown_at_once(visit):
    page = visit()
    fill(page, pickup_zone="0", dropoff_zone="266", distance_miles="201")
    answered(page, page.get_by_role("button").click)
    expect(page.get_by_role("alert").locator("li")).to_have_count(3)
    expect(page.locator("[name=pickup_zone]")).to_be_focused()


def test_a_mended_mistake_is_forgotten(visit):
    """A refusal takes the old minutes away, and minutes take the refusal away."""
    page = visit()
    for zone, minutes in {"74": 1, "300": 0, "75": 1}.items():
        fill(page, pickup_zone=zone)
        answered(page, page.get_by_role("button").click)
        expect(page.locator("#minutes")).to_have_count(minutes)
        expect(page.locator("[aria-invalid]")).to_have_count(1 - minutes)
        expect(page.get_by_role("alert").locator("li")).to_have_count(1 - minutes)


def test_a_service_that_is_gone_is_said_in_words(visit):
    page = visit()
    page.context.set_offline(True)
    page.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_contain_text("does not answer")


def test_only_the_last_question_is_answered(visit):
    """An answer that comes late does not replace that of a newer question."""
    page, held = visit(), []
    page.route("**/predict", lambda route: route.continue_() if held else held.append(route))
    fill(page)
    page.keyboard.press("Enter")
    fill(page, distance_miles="1")
    newer = answered(page, lambda: page.keyboard.press("Enter"))
    older = answered(page, held[0].continue_)
    page.evaluate("() => new Promise((done) => setTimeout(done, 100))")
    assert f"{older['duration_minutes']:.1f}" != f"{newer['duration_minutes']:.1f}"
    expect(page.locator("#minutes")).to_have_text(f"{newer['duration_minutes']:.1f}")


def test_the_time_is_that_of_new_york(visit):
    """Zones are New York's, and so is the clock, wherever the browser is."""
    shown = visit(timezone_id="Asia/Tokyo").locator("[name=pickup_at]").input_value()
    there = datetime.now(ZoneInfo("America/New_York")).replace(tzinfo=None)
    assert abs(there - datetime.fromisoformat(shown)) < timedelta(minutes=2)
