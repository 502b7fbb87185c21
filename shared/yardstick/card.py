"""The scorecard of a README: levels and those who need none on the real stream, as Markdown, of results.json."""

from yardstick.results import LifeFound, Results
from yardstick.score import closed, detected, excess, mae, recovered

HEAD = ("| | error, first 60 days | error, all | over the oracle | gap closed | found, mended | deployed | people |",
        "|---|---|---|---|---|---|---|---|")  # fmt: skip
FIRST = 60


def card(results: Results, office: str = "central") -> str:
    """Errors in minutes a trip; over the oracle in minutes per 1,000 trips; days after the lockdown's first; hours."""
    (world,) = [one for one in results["worlds"] if one["kind"] == "real"]
    lives = {one["name"]: one for one in world["lives"] if one["office"] in (None, office)}
    start = world["incidents"][0]["start"]
    shown = [one for name, one in lives.items() if "," not in name]
    rows = [_row(one, lives["never"], lives["oracle"], world["days"], start) for one in shown]
    return "\n".join([*HEAD, *rows])


def _row(life: LifeFound, never: LifeFound, oracle: LifeFound, days: list[str], start: str) -> str:
    if life["crashed"]:
        return f"| {life['name']} | crashed: {life['crashed']} | | | | | | |"
    found, mended = detected(life["acts"], start), recovered(life, oracle, days, start)
    told = f"{'–' if found is None else found}, {'–' if mended is None else mended}"
    deployed = sum(act["kind"] == "deploy" for act in life["acts"]) or life["fits"]
    cells = [life["name"], f"{mae(life, FIRST):.2f}", f"{mae(life):.3f}", f"{excess(life, oracle) or 0:.0f}",
             f"{closed(life, never, oracle, FIRST) or 0:.0%}, {closed(life, never, oracle) or 0:.0%}", told,
             str(deployed), f"{sum(life['hours'].values()):.0f}"]  # fmt: skip
    return f"| {' | '.join(cells)} |"
