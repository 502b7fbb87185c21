"""The page of the comparison in a real browser: on a desk and a phone, by day and by night, by hand and by key."""

import pytest
from cvd import CONTRAST
from made_up_results import made_up
from yardstick_pages import choose, costs, shown

from yardstick.page import write

pytest_plugins = ["browser"]

DESK, PHONE = 1200, 390
FAINTEST = """(() => {  // contrast of the faintest text with its ground, by the formula of WCAG 2
  const pixel = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const rgb = css => {  // however the style sheet wrote it
    pixel.clearRect(0, 0, 1, 1); pixel.fillStyle = css; pixel.fillRect(0, 0, 1, 1)
    return [...pixel.getImageData(0, 0, 1, 1).data]
  }
  const linear = v => v / 255 <= .04045 ? v / 255 / 12.92 : ((v / 255 + .055) / 1.055) ** 2.4
  const luminance = ([red, green, blue]) => .2126 * linear(red) + .7152 * linear(green) + .0722 * linear(blue)
  const ground = one => {
    const own = rgb(getComputedStyle(one).backgroundColor)
    return own[3] ? own : one.parentElement ? ground(one.parentElement) : [255, 255, 255]
  }
  const own = one => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim())
  const texts = [...document.querySelectorAll('body *:not(script, style, title, desc)')].filter(one => own(one) && one.checkVisibility())
  return Math.min(...texts.map(one => {
    const ink = getComputedStyle(one)[one instanceof SVGElement ? 'fill' : 'color']
    const [low, high] = [luminance(rgb(ink)), luminance(ground(one))].sort((a, b) => a - b)
    return (high + .05) / (low + .05)
  }))
})()"""  # noqa: E501


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "index.html"
    write(made_up(), path)
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_it_fits_and_can_be_read(visit, file, width, scheme, tmp_path):
    """No sideways scrolling of the page, every text 4.5 to 1, nothing in the console, every section with its plot."""
    page = visit(file, width=width, scheme=scheme)
    page.picture(tmp_path / "page.png")
    assert page.run("document.documentElement.scrollWidth") <= width
    assert page.run(FAINTEST) >= CONTRAST["text"]
    assert (page.run("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 29)") == (scheme == "dark")
    assert page.said() == []
    assert page.asked() == [file.as_uri()]


def test_every_plot_is_drawn_and_named(visit, file):
    page = visit(file)
    count = "document.querySelectorAll('[data-plot={}] {}').length"
    lives = page.run("document.querySelectorAll('.legend :checked').length")
    assert (page.run(count.format("lines", "path.life")), lives) == (7, 7)
    assert page.run(count.format("lines", "path.band")) == 4
    assert page.run(count.format("lines", "line.deploy")) == 10
    assert page.run(count.format("lines", "text.return")) == 6
    assert page.run(count.format("bars", "rect.bar")) == 4
    assert page.run(count.format("strips", "circle.seed")) == 3 * 10 + 2 * 11
    named = "[...document.querySelectorAll('.plot svg')].every(one => one.getAttribute('aria-labelledby').split(' ')"
    assert page.run(f"{named}.every(id => document.getElementById(id).textContent.length > 20))")
    assert page.run("document.querySelectorAll('.plot svg').length") == 4


@pytest.mark.parametrize("stream", ["city", "placebo"])
def test_the_switches_change_words_tables_and_plots(visit, file, stream):
    page = visit(file)
    sections = ("score", "time", "variants", "sheet")
    before = [shown(page, name) for name in sections]
    line = page.run("document.querySelector('path.life').getAttribute('d')")
    choose(page, "stream", stream)
    assert all(one != shown(page, name) for one, name in zip(before, sections, strict=True))
    assert page.run("document.querySelector('path.life').getAttribute('d')") != line
    central = [costs(page), shown(page, "score"), shown(page, "seeds")]
    choose(page, "office", "slow")
    slow = [costs(page), shown(page, "score"), shown(page, "seeds")]
    assert all(one != other for one, other in zip(central, slow, strict=True))
    assert "slow office" in slow[1]
    assert page.said() == []


def test_lives_are_drawn_that_are_ticked(visit, file):
    page = visit(file)
    count = "document.querySelectorAll('path.life').length"
    page.run("[...document.querySelectorAll('.legend button')].find(one => one.innerText === 'all').click()")
    assert page.run(count) == 12
    assert page.run("document.querySelectorAll('text.end').length") == 1  # the one that crashed
    page.run("document.querySelector('.legend input').click()")
    assert page.run(count) == 11


def test_a_day_can_be_read_with_the_arrow_keys(visit, file):
    page = visit(file)
    page.run("document.getElementById('day').focus()")
    before = shown(page, "readout")
    page.press("ArrowRight", 39)
    assert before.startswith("2020-04-21")
    assert shown(page, "readout").startswith("2020-04-22")
    assert page.run("document.getElementById('day').getAttribute('aria-valuetext')") == "2020-04-22"


def test_switches_and_sliders_work_with_the_keys_alone(visit, file):
    page = visit(file)
    page.run("document.querySelector('#pick [name=office]:checked').focus()")
    page.press("ArrowRight", 39)
    assert "slow office" in shown(page, "score")
    before = costs(page)
    page.run("document.getElementById('hour').focus()")
    page.press("ArrowRight", 39)
    assert page.run("document.querySelector('output[for=hour]').innerText") == "$85"
    assert costs(page) != before


def test_every_control_has_a_name(visit, file):
    page = visit(file)
    named = "one.labels?.[0]?.innerText.trim() || one.innerText?.trim()"
    assert page.run(f"[...document.querySelectorAll('input, button')].filter(one => !({named})).length") == 0


def test_on_paper_the_sheet_begins_a_page_and_switches_are_gone(visit, file):
    """Black on white, whatever the screen's scheme."""
    page = visit(file, width=720, scheme="dark")
    page.media("dark", "print")
    assert page.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.run("getComputedStyle(document.getElementById('sheet')).breakBefore") == "page"
    assert page.run("getComputedStyle(document.getElementById('pick')).display") == "none"
    assert page.run("document.documentElement.scrollWidth") <= 720


def test_a_comparison_of_one_stream_without_offices_can_be_read_too(visit, tmp_path):
    """One seed, nobody at work, no hypothesis, no climb: there is less to choose, and nothing fails."""
    results = made_up()
    world = results["worlds"][-1]
    world["lives"] = [
        {**life, "office": None, "hours": {}} for life in world["lives"] if life["office"] in (None, "fast")
    ]
    write({**results, "worlds": [world], "hypotheses": [], "climb": []}, tmp_path / "index.html")
    page = visit(tmp_path / "index.html")
    assert "Nobody worked on this stream." in page.run("document.getElementById('score').textContent")
    assert page.run("document.querySelectorAll('path.life').length") == 7
    assert "level 4 is cheapest" in shown(page, "cheapest")
    assert page.said() == []


def test_what_goes_wrong_in_a_page_is_heard(visit, file, tmp_path):
    """The tests above can fail: a script that throws, and one that asks for more than it may."""
    loud = file.read_text().replace(
        "</html>", "<script>fetch('data:,')</script><script>throw Error('x')</script></html>"
    )
    (tmp_path / "loud.html").write_text(loud)
    page = visit(tmp_path / "loud.html")
    assert len(page.said()) >= 2
