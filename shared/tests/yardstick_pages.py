"""What tests of the page of the comparison do with it."""

import re


def choose(page, name, value):
    page.run(f"document.querySelector('#pick [name={name}][value={value}]').click()")


def slide(page, **values):
    for name, value in values.items():
        page.run(f"(one => {{ one.value = {value}; one.dispatchEvent(new Event('input', {{ bubbles: true }})) }})"
                 f"(document.querySelector('#prices [name=\"{name}\"]'))")  # fmt: skip


def costs(page):
    """The table of money: life -> dollars of all, error, people, building; None where there is none."""
    cells = "[...row.cells].map(cell => cell.innerText)"
    rows = page.run(f"[...document.querySelectorAll('#costs tbody tr')].map(row => {cells})")
    return {name: [dollars(cell) for cell in cells] for name, *cells in rows}


def dollars(cell):
    return int(re.sub(r"[$,]", "", cell)) if cell.startswith("$") else None


def shown(page, section):
    """The words of a section that can be seen."""
    return page.run(f"document.getElementById('{section}').innerText")
