"""How the page at / looks in a real browser: on a desk and a phone, by day and by night, and to a screen reader."""

import pytest
from pages import CONTRAST, DESK, PHONE, TRIP, answered, fill
from playwright.sync_api import expect

pytest_plugins = ["browser"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_it_fits_and_can_be_read(visit, viewport, scheme, tmp_path):
    """Empty, refused, answered: no sideways scrolling at 360 pixels, and text stands out 4.5 to 1 (WCAG AA)."""
    page = visit(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    for step, zone in {"empty": None, "refused": "300", "answered": "74"}.items():
        if zone:
            fill(page, pickup_zone=zone)
            answered(page, page.get_by_role("button").click)
        page.screenshot(path=tmp_path / f"{step}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        assert page.evaluate(CONTRAST) >= 4.5
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    assert (max(ground) < 64) == (scheme == "dark")


def test_on_a_phone_the_answer_comes_into_view(visit):
    page = visit(viewport={"width": 360, "height": 480})
    fill(page)
    page.get_by_label("Pick-up zone").focus()
    page.evaluate("scrollTo(0, 0)")
    answered(page, lambda: page.keyboard.press("Enter"))
    expect(page.locator("#minutes")).to_be_in_viewport(ratio=1)


def test_less_motion_is_no_motion(visit):
    moves = "() => [...document.querySelectorAll('*')].some((e) => parseFloat(getComputedStyle(e).transitionDuration))"
    assert visit().evaluate(moves)
    assert not visit(reduced_motion="reduce").evaluate(moves)


def test_nothing_is_said_in_the_console(visit):
    """Opened and asked, the page logs nothing and no script fails."""
    heard = []
    page = visit(heard=heard.append)
    answered(page, page.get_by_role("button").click)
    assert heard == []


def test_it_says_what_serves_before_anybody_asks(visit, service):
    """The version is the one of /ready."""
    version = service.ask("/ready").json["model_version"]
    expect(visit().locator("#serves")).to_contain_text(f"model version {version}")


def test_every_input_has_a_label(visit):
    labels = visit().evaluate("[...document.querySelectorAll('input')].map((input) => input.labels[0]?.textContent)")
    assert labels == list(TRIP)
