"""monitor.py as a user starts it: limits of calm months, days judged, written down, drawn and told once."""

import json
import socket
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import numpy as np
import pandas as pd
import pytest
from registry_place import Place
from test_alert_rules import MONITOR, VERDICTS
from ui import free_port
from verbs import DIRECT, served, told, verb, wait_for

import trips
from taxi.serving import source
from taxi.watch import alerts, book, reports, watcher
from taxi.watch import source as sources
from taxi.watch.decide import Name

CALM, JUDGED = "2020-09..2020-12", ("--from", "2021-01-05", "--to", "2021-01-28")


class Small(trips.City):
    """A few hundred trips a day. spoil: what is done to a month's rows."""

    def __init__(self, seed=0, incidents=(), spoil=lambda raw: raw):
        super().__init__(seed, incidents)
        self.spoil = spoil

    def month(self, month):
        return self.spoil(super().month(month).iloc[::6])


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    """A folder with limits of calm months of the small city."""
    place = Place(tmp_path_factory.mktemp("monitor") / "var")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trips, "open_source", Small)
        patch.setattr(trips, "open_source", lambda *_: Small())
        done = place.command("monitor", "--calibrate", CALM, "--source", "city")
    assert done.exit_code == 0, done.output
    assert "limits of 122 calm days" in done.output
    return place.state / "monitor/limits.json"


@pytest.fixture
def place(calm, tmp_path):
    """A state with those limits."""
    found = Place(tmp_path / "var")
    (found.state / "monitor").mkdir(parents=True)
    (found.state / "monitor/limits.json").write_bytes(calm.read_bytes())
    return found


def judged(place, monkeypatch, spoil=lambda raw: raw, words=JUDGED):
    """Its output, and its days; no report."""
    monkeypatch.setattr(reports, "write", lambda folder, *_: folder)
    monkeypatch.setattr(trips, "open_source", lambda *_: Small(spoil=spoil))
    done = place.command("monitor", *words, "--source", "city")
    assert done.exit_code == 0, done.output
    return done.output, {one["day"]: one for one in book.read(place.state / "monitor")}


def from_day(day, change):
    """A month's rows, changed from this day on."""

    def spoil(raw):
        late = raw["lpep_pickup_datetime"] >= day
        return pd.concat([raw[~late], change(raw[late])]) if late.any() else raw

    return spoil


def test_a_calm_month_is_fine_and_everything_is_written(place, monkeypatch):
    said, days = judged(place, monkeypatch)
    folder = place.state / "monitor"
    assert len(days) == 24
    assert {one["name"] for one in days.values()} == {"fine"}
    assert "24 days judged: 24 fine" in said
    page = (folder / "index.html").read_text()
    assert "2021-01-28: fine" in page
    assert "http" not in page.replace("http://www.w3.org", "").replace("http://purl.org", "").replace(
        "http://creativecommons.org", "").replace("https://matplotlib.org", "")  # fmt: skip
    assert "No incident so far" in place.command("monitor", "--incidents").output


@pytest.mark.parametrize(("change", "name", "why"), [
    (lambda raw: raw.assign(trip_distance=raw["trip_distance"] * 1.609), "data fault", "pair's usual one"),
    (lambda raw: raw.assign(trip_distance=np.nan), "data fault", "null in trip_distance"),
    (lambda raw: raw.head(0), "no data", "not one row"),
    (lambda raw: raw.assign(PULocationID=raw["PULocationID"].iloc[0]), "covariate shift", "pick-up borough"),
    (lambda raw: raw.assign(lpep_dropoff_datetime=raw["lpep_pickup_datetime"] + 1.5 * (
        raw["lpep_dropoff_datetime"] - raw["lpep_pickup_datetime"])), "model decay", "what moved is the level"),
])  # fmt: skip
def test_an_incident_is_named_told_once_and_drawn(place, monkeypatch, change, name, why):
    said, days = judged(place, monkeypatch, from_day("2021-01-18", change))
    found = [day for day, one in days.items() if one["name"] == name]
    assert found
    assert "2021-01-18" <= found[0] <= "2021-01-23"
    assert why in "; ".join(days[found[0]]["reasons"])
    assert said.count(f"{name}:") == 1
    assert name in (place.state / "monitor/index.html").read_text()
    assert name in place.command("monitor", "--incidents").output
    if name == "no data":
        said, _ = judged(place, monkeypatch, from_day("2021-01-18", change))
        assert f"{name}:" not in said  # it is known


class Hook(BaseHTTPRequestHandler):
    """Refuses the first, takes the rest."""

    taken: list = []  # noqa: RUF012
    refuse = 1

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        refused, Hook.refuse = Hook.refuse > 0, Hook.refuse - 1
        if not refused:
            Hook.taken.append(body)
        self.send_response(503 if refused else 200)
        self.end_headers()

    def log_message(self, *_):
        pass


def test_a_webhook_that_refuses_is_asked_again_and_then_never_more(tmp_path):
    server = HTTPServer(("127.0.0.1", 0), Hook)
    Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/"
    incident = {"name": "model decay", "day": "2021-01-18", "reasons": ["error 4.60"], "runbook": "README.md#x"}
    first, second, third = (alerts.tell(tmp_path, [incident], url) for _ in range(3))
    server.shutdown()
    assert "did not take model decay" in first[1]
    assert second == third == []
    assert [one["name"] for one in Hook.taken] == ["model decay"]
    assert alerts.tell(tmp_path, [incident | {"day": "2021-03-01"}], "nonsense")[1].startswith("the webhook did not")


def test_an_incident_is_one_while_it_comes_back_within_a_week():
    def line(day, name):
        return {"day": f"2021-01-{day:02}", "name": name, "reasons": ["why"], "to_do": "do", "cause": "", "model": "1"}

    names = ["fine", "model decay", "fine", "model decay", *["fine"] * 8, "model decay"]
    found = book.alerts([line(day, name) for day, name in enumerate(names, 1)])
    assert [(one["day"], one["days"]) for one in found] == [("2021-01-02", 2), ("2021-01-13", 1)]


def test_figures_are_those_that_the_rules_ask_for(place, monkeypatch):
    judged(place, monkeypatch, from_day("2021-01-27", lambda raw: raw.assign(trip_distance=-1.0)))
    text = (place.state / "monitor/monitor.prom").read_text()
    names = {line.split("{")[0].split(" ")[0] for line in text.splitlines() if not line.startswith("#")}
    assert names == set(MONITOR)
    assert 'monitor_verdict{name="data_fault"} 1.0' in text
    assert 'monitor_quality_broken{rule="negative distance"} 1.0' in text
    assert {one.replace(" ", "_") for one in Name} == VERDICTS


def test_days_without_a_line_torn_lines_and_nothing_at_all(tmp_path):
    with pytest.raises(book.BadInput, match="nothing was judged yet"):
        book.read(tmp_path)
    (tmp_path / book.VERDICTS).write_text(
        '{"day": "2021-01-02", "name": "fine"}\n{"day": "2021-\n[]\n{"day": "2021-01-01"}\n'
    )
    assert [one["day"] for one in book.read(tmp_path)] == ["2021-01-01", "2021-01-02"]


@pytest.mark.parametrize(("words", "says"), [
    ((), "the log has no whole day"),
    (("--source", "city"), "say which days"),
    (("--source", "city", "--watch"), "Watch the log"),
    (("--incidents",), "nothing was judged yet"),
    (("--from", "2021-03-02", "--to", "2021-03-01"), "say which days"),
])  # fmt: skip
def test_mistakes_are_one_line(place, words, says):
    done = place.command("monitor", *words)
    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert says in line


def test_a_port_that_is_taken_is_one_line(place):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = place.command("monitor", "--watch", "--port", str(taken.getsockname()[1]))
    assert done.exit_code == 2
    assert "Choose another: --port" in done.stderr


def test_limits_that_are_none_or_spoilt_and_too_few_calm_days(place, tmp_path, monkeypatch):
    (place.state / "monitor/limits.json").write_text('{"error": 1}')
    assert "holds no limits" in place.command("monitor").stderr
    assert "Make them of calm months" in told(verb("monitor.py", TAXI_STATE=str(tmp_path / "nothing")))
    monkeypatch.setattr(trips, "open_source", lambda *_: Small())
    assert "31 calm days are too few" in place.command("monitor", "--calibrate", "2021-01").stderr


def test_the_log_of_a_service_comes_in_whole_days_also_empty_ones(routed):
    """Two days and a half, one without a trip; what the champion said is judged, whoever answered."""
    from taxi.features import features
    from taxi.serving.trip import Asked

    routed.route(routed.trial(0.5))
    service = routed.begin(clock="trips")
    for day in (1, 3, 4):
        for hour in range(24):
            trip = Asked(74, 42, 2.6, f"2021-02-{day:02}T{hour:02}:15:00", f"rider-{hour}")
            service.answer([trip], features(*([value] for value in trip[:4])))
    service.log.close()
    days = sources.of_log(routed.settings.serving / source.LOG)
    assert [(str(day.date), len(day.trips)) for day in days] == [
        ("2021-02-01", 24),
        ("2021-02-02", 0),
        ("2021-02-03", 24),
    ]
    assert days[0].model == "version 1"
    assert days[0].trips["predicted"].nunique() <= 24
    assert sources.of_log(routed.settings.serving / "nothing") == []


def test_a_clock_that_jumps_is_said_and_its_trips_are_left_out(capsys):
    dates = pd.Series(pd.to_datetime(["2021-02-01"] * 5 + ["2021-02-04"] * 5 + ["2099-01-01"] + ["1999-01-01"]))
    assert sources.stretch(dates) == (pd.Timestamp("2021-02-01"), pd.Timestamp("2021-02-04"))
    assert "the log's clock jumps: 2 trips are left out, 2021-02-01 to 2021-02-04" in capsys.readouterr().out
    assert sources.stretch(dates[:10])[1] == pd.Timestamp("2021-02-04")
    assert capsys.readouterr().out == ""


def test_a_report_stands_alone_also_without_outcomes(place, tmp_path):
    """Evidently's page of a day, with and without known minutes; nothing is asked of the network to show it."""
    days = list(sources.of_months(Small(), Constant(), "a constant", pd.Timestamp("2021-01-01").date(),
                                  pd.Timestamp("2021-01-06").date()))  # fmt: skip
    boroughs = Small().boroughs()
    path = reports.write(tmp_path, days[-1], days[:-1], boroughs)
    assert path.stat().st_size > 1e6
    unlabelled = watcher.Seen(days[-1].date, days[-1].raw, days[-1].trips.assign(duration_minutes=np.nan), "")
    assert reports.write(tmp_path, unlabelled, days[:-1], boroughs) == path


@pytest.mark.slow
def test_evidentlys_own_page_shows_the_same_days(tmp_path):
    """Its server, on the workspace that a report was kept in."""
    days = list(sources.of_months(Small(), Constant(), "a constant", pd.Timestamp("2021-01-01").date(),
                                  pd.Timestamp("2021-01-03").date()))  # fmt: skip
    reports.write(tmp_path, days[-1], days[:-1], Small().boroughs())
    url = f"http://127.0.0.1:{free_port()}"
    words = ["-m", "evidently.cli", "ui", "--workspace", str(tmp_path / "workspace"), "--host", "127.0.0.1"]
    with served([*words, "--port", url.rsplit(":", 1)[1]], tmp_path / "ui.log", DO_NOT_TRACK="1"):
        projects = wait_for(lambda: asked(f"{url}/api/projects"), 120)
    assert reports.PROJECT in projects


@pytest.mark.slow
def test_watching_it_judges_new_days_of_the_log_and_shows_figures(routed, calm, tmp_path):
    """A real process, asked as Prometheus asks."""
    from taxi.features import features
    from taxi.serving.trip import Asked

    service = routed.begin(clock="trips")
    for hour in range(60):
        trip = Asked(74, 42, 2.6, f"2021-02-{1 + hour // 24:02}T{hour % 24:02}:15:00", None)
        service.answer([trip], features(*([value] for value in trip[:4])))
    service.log.close()
    (routed.state / "monitor").mkdir()
    (routed.state / "monitor/limits.json").write_bytes(calm.read_bytes())
    port = free_port()
    words = ["monitor.py", "--watch", "--port", str(port)]
    with served(words, tmp_path / "watch.log", TAXI_STATE=str(routed.state)):
        text = wait_for(lambda: "monitor_verdict{" in asked(f"http://127.0.0.1:{port}/metrics"), 60) and asked(
            f"http://127.0.0.1:{port}/metrics"
        )
    assert text, (tmp_path / "watch.log").read_text()
    assert 'monitor_verdict{name="data_fault"} 1.0' in text  # 24 trips are hardly a day
    assert [one["day"] for one in book.read(routed.state / "monitor")] == ["2021-02-01", "2021-02-02"]


def asked(url):
    """What is there; empty while nobody answers."""
    try:
        with DIRECT.open(url, timeout=5) as answer:
            return answer.read().decode()
    except OSError:
        return ""


class Constant:
    def predict(self, rows):
        return np.full(len(rows), 12.0)
