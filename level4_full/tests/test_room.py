"""The control room: what it says is what the ledger says; the page is drawn in a browser, and its red stop stops."""

from contextlib import closing
from datetime import timedelta
from urllib.error import HTTPError

import loop_place
import pytest
from loop_place import FIRST, lived, loop_of, world
from pages import CONTRAST, DESK, PHONE
from playwright.sync_api import expect
from registry_place import Place
from running import DIRECT, told, verb
from serving_place import TOKEN

from taxi.errors import CannotServe
from taxi.loop import brake, room
from taxi.loop.ledger import Ledger
from taxi.serving import own

pytest_plugins = ["loop_fixtures", "browser"]
SLOWER = [FIRST + timedelta(days=ahead) for ahead in range(3, 9)]


@pytest.fixture(scope="module")
def story(begun, tmp_path_factory):
    """A candidate that was promoted and taken back."""
    with pytest.MonkeyPatch.context() as patch:
        loop_place.no_service_of_its_own(patch)
        loop = loop_of(Place(begun.state).copy(tmp_path_factory.mktemp("room") / "var").settings, world(SLOWER))
        lived(loop, 13)
    return loop


def test_it_says_who_serves_and_what_comes_next(story):
    said = room.facts(story.ledger)
    assert (said["champion"], said["beside it"]) == ("version 1", "nobody")
    assert said["next"].startswith("not before")
    assert said["as of"] == str(FIRST + timedelta(days=12))
    assert story.ledger.get("waits")["said"] in room.said(story.ledger)


def test_before_the_first_morning_it_says_how_to_begin(tmp_path):
    said = room.facts(Ledger(tmp_path))
    assert (said["champion"], "loop.py once" in said["next"]) == ("nobody", True)
    assert "No day was served yet" in room.page(Ledger(tmp_path))


def test_the_story_is_markdown_newest_first(story):
    lines = room.story(story.ledger).splitlines()
    days = [line.split("|")[1].strip() for line in lines if line.startswith("| 20")]
    assert days == sorted(days, reverse=True)
    assert "return to the one before" in "\n".join(lines)


def test_what_came_from_outside_is_text_on_the_page(tmp_path):
    ledger = Ledger(tmp_path)
    brake.pull(ledger, "<script>alert(1)</script>")
    assert "<script>alert" not in room.page(ledger)


def test_the_verbs_say_it(story):
    state = {"TAXI_STATE": str(story.settings.state)}
    for words, said in ((["status"], "version 1"), (["explain", "last"], "run "), (["story"], "| day |"),
                        (["verify"], "each as it was written")):  # fmt: skip
        done = verb("loop.py", *words, **state)
        assert done.returncode == 0, done.stderr
        assert said in done.stdout


@pytest.mark.parametrize(("words", "said"), [
    (["pause"], "say why"), (["explain", "nothing"], "The latest"),
    (["release", "2030-01-01", "--why", "x"], "never taken in"),
    (["once", "--source", "moon"], "Say --source log"), (["once", "--day", "2021-01-12", "--next"], "Say one"),
])  # fmt: skip
def test_a_mistake_is_answered_with_what_to_do(story, words, said):
    assert said in told(verb("loop.py", *words, TAXI_STATE=str(story.settings.state)))


def test_where_no_loop_was_the_verbs_say_how_to_begin(tmp_path):
    assert "Run one: python loop.py once" in told(verb("loop.py", "status", TAXI_STATE=str(tmp_path)))
    assert "--calibrate" in told(verb("loop.py", "once", "--source", "city", TAXI_STATE=str(tmp_path)))


@pytest.fixture
def opened(browser):
    """Opens a page; gives it, and all that it complained of or asked for."""
    contexts = []

    def open_page(url, **options):
        heard, asked = [], []
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.goto(url)
        return page, heard, asked

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_a_browser_shows_it_without_a_complaint(story, opened, viewport, scheme, tmp_path):
    """As a file: one picture, nothing to be scrolled sideways, text that can be read, no request to anybody."""
    url = room.write(story.ledger).absolute().as_uri()
    page, heard, asked = opened(url, viewport=viewport, color_scheme=scheme)
    page.screenshot(path=tmp_path / "room.png", full_page=True)
    assert (heard, asked) == ([], [url])
    assert page.locator("svg path").count() > 20
    assert page.locator("dl div").count() == 8
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert page.evaluate(CONTRAST) >= 4.5


def test_the_red_stop_of_the_page_stops_the_loop(story, opened, tmp_path):
    """Through the service: with the token, and a reason; without, nothing happens, and it is said."""
    there = Place(story.settings.state).copy(tmp_path / "var")
    room.write(Ledger(there.state / "loop"))
    with own.started(there.state.absolute(), TAXI_TOKEN=TOKEN) as port:
        page, *_ = opened(f"http://127.0.0.1:{port}/loop")
        for token, why, said in (("another token of somebody", "me", "not stopped"), (TOKEN, "", "not stopped"),
                                 (TOKEN, "the meters are changed", "paused by")):  # fmt: skip
            assert not Ledger(there.state / "loop").get("paused")
            page.get_by_label("token").fill(token)
            page.get_by_label("why").fill(why)
            page.locator("#answer").evaluate("answer => { answer.textContent = '' }")
            page.get_by_role("button").click()
            expect(page.locator("#answer")).to_contain_text(said)
    assert "the meters are changed" in Ledger(there.state / "loop").get("paused")


def test_a_service_without_a_loop_has_no_control_room(routed):
    with own.started(routed.state, TAXI_TOKEN=TOKEN) as port, closing(own.Line(port, TOKEN)) as line:
        with pytest.raises(CannotServe, match="404"):
            line.post("/admin/pause", {"why": "now"})
        with pytest.raises(HTTPError, match="404"):
            DIRECT.open(f"http://127.0.0.1:{port}/loop", timeout=10)
