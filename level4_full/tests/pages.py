"""What tests of the page at / do with it."""

DESK, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
TRIP = {"Pick-up zone": "138", "Drop-off zone": "265", "Distance in miles": "9.5", "Pick-up time": "2021-02-01T08:15"}
CONTRAST = """() => {  // of the faintest text with its ground, 1 to 21, by the formula of WCAG 2
  const linear = (v) => v / 255 <= .04045 ? v / 255 / 12.92 : ((v / 255 + .055) / 1.055) ** 2.4
  const luminance = (css) => {
    const [red, green, blue] = css.match(/[\\d.]+/g).map(Number).map(linear)
    return .2126 * red + .7152 * green + .0722 * blue
  }
  const ground = (element) => {
    const css = getComputedStyle(element).backgroundColor
    return css === "rgba(0, 0, 0, 0)" ? ground(element.parentElement) : css
  }
  const text = (node) => node.nodeType === Node.TEXT_NODE ? node.data : ""
  const said = (element) => (element.value ?? "") + [...element.childNodes].map(text).join("")
  const shown = (element) => said(element).trim() && element.checkVisibility()
  const texts = [...document.querySelectorAll("main *")].filter(shown)
  return Math.min(...texts.map((element) => {
    const [low, high] = [luminance(getComputedStyle(element).color), luminance(ground(element))].sort((a, b) => a - b)
    return (high + .05) / (low + .05)
  }))
}"""


def fill(page, **changes):
    """Fill the form with a trip, and with changes by the name of a field."""
    for label, value in TRIP.items():
        page.get_by_label(label, exact=True).fill(value)
    for name, value in changes.items():
        page.locator(f"[name={name}]").fill(value)


def answered(page, act):
    """What the service answered to what `act` made the page ask, once the page has heard it."""
    with page.expect_response("**/predict") as caught:
        act()
    answer = caught.value.json()
    page.locator("#answer[aria-busy=false]").wait_for()
    return answer
