"""The piece of the page that says what changed between levels: well formed, nothing to load, nothing unescaped."""

from html.parser import HTMLParser

from made_levels import fill, two_levels

from yardstick.diff_page import matrix_html


class Page(HTMLParser):
    """The tags that were opened, the text, and those that were never closed."""

    def __init__(self, text):
        super().__init__()
        self.opened, self.open, self.text = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.opened.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_the_page_unfolds_each_step_up_and_loads_nothing(tmp_path):
    """Three levels: three pairs in the table, two steps; names and what files say of themselves are escaped."""
    third = fill(tmp_path / "level4_top", {"a<b>.py": '"""Is it <b>&amp;</b>?"""\n'})
    text = matrix_html([*two_levels(tmp_path), third])
    page = Page(text)
    assert page.open == []
    tags = [tag for tag, _ in page.opened]
    assert tags.count("details") == 2
    assert not {"script", "link", "img", "b>"} & set(tags)
    assert not any({"src", "href"} & attrs.keys() for _, attrs in page.opened)
    assert {"a<b>.py", "Is it <b>&amp;</b>?", "level2_low → level4_top"} <= set(page.text)
    assert "6 files added, 4 changed, 1 dropped" in text
