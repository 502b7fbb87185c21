"""The dashboard is one that Grafana can load, and every panel asks our Prometheus for something that exists."""

import json
import re

import pytest
import yaml
from dockerfile import LEVEL
from manifests import FILES, at
from test_alert_rules import ALERTS, asked, promtool, unknown

__all__ = ["promtool"]  # a fixture
TEXT = (LEVEL / "grafana/dashboards/taxi.json").read_text()
BOARD = json.loads(TEXT)
PANELS = {panel["title"]: panel for panel in BOARD["panels"]}
PROVISIONED = LEVEL / "grafana/provisioning"
(SOURCE,) = yaml.safe_load((PROVISIONED / "datasources/prometheus.yml").read_text())["datasources"]
(PROVIDER,) = yaml.safe_load((PROVISIONED / "dashboards/taxi.yml").read_text())["providers"]
GRAFANA = FILES["compose"]["services"]["grafana"]
MOUNTS = dict(volume.split(":")[:2] for volume in GRAFANA["volumes"])


def queries(panel):
    return [target["expr"].replace("$__rate_interval", "5m") for target in panel["targets"]]


@pytest.mark.parametrize("title", PANELS)
def test_a_panel_has_a_title_a_query_and_our_datasource(title):
    panel = PANELS[title]
    assert title
    assert all(target["expr"] and target["legendFormat"] for target in panel["targets"])
    assert panel["targets"]
    assert panel["datasource"] == {"type": SOURCE["type"], "uid": SOURCE["uid"]}


@pytest.mark.parametrize("title", PANELS)
def test_a_panel_asks_only_for_what_is_exposed(title):
    assert [wrong for query in queries(PANELS[title]) for wrong in unknown(query)] == []


def test_prometheus_can_read_every_query(promtool, tmp_path):
    """As rules that write the answers down: promtool knows no other way to read a query."""
    rules = [{"record": "read", "labels": {"panel": title, "query": str(number)}, "expr": query}
             for title, panel in PANELS.items() for number, query in enumerate(queries(panel))]  # fmt: skip
    (tmp_path / "read.yml").write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))
    done = promtool("check", "rules", tmp_path / "read.yml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_host_is_written_into_the_dashboard():
    """It is at home wherever the datasource is."""
    assert not re.search(r"https?:|//|localhost|\d+\.\d+\.\d+\.\d+|:\d{4}", TEXT)


def test_all_panels_share_one_time_axis():
    """Each as wide as the page, one below the other, of the same range, and the cursor is in all of them."""
    places = [panel["gridPos"] for panel in BOARD["panels"]]
    assert {(place["x"], place["w"]) for place in places} == {(0, 24)}
    assert [place["y"] for place in places] == [sum(p["h"] for p in places[:n]) for n in range(len(places))]
    assert BOARD["graphTooltip"] == 1
    assert not any({"timeFrom", "timeShift"} & set(panel) for panel in BOARD["panels"])
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(places)


@pytest.mark.parametrize("figure", ["monitor_error", "monitor_drift"])
def test_what_has_a_limit_is_shown_with_it(figure):
    shown = [{name for query in queries(panel) for name, _ in asked(query)} for panel in PANELS.values()]
    (together,) = [names for names in shown if f"{figure}_limit" in names]
    assert together & {f"{figure}_level", f"{figure}_score"}


@pytest.mark.parametrize(("panel", "alert"), [("Time for a request's models and log", "AnswersSlow"),
                                              ("Age of the model", "ModelOld")])  # fmt: skip
def test_a_limit_that_is_drawn_is_the_one_of_the_rule(panel, alert):
    (drawn,) = [float(number) for query in queries(PANELS[panel]) for number in re.findall(r"^vector\((.*)\)$", query)]
    assert drawn == float(ALERTS[alert]["expr"].rpartition(">")[2])


def test_every_figure_of_a_rule_is_on_the_dashboard():
    """Who is told can see it. Whether a target answers is there as the alert."""
    shown = {name for panel in PANELS.values() for query in queries(panel) for name, _ in asked(query)}
    assert {name for rule in ALERTS.values() for name, _ in asked(rule["expr"])} - shown == {"up"}


def test_grafana_finds_what_is_provisioned():
    """The mounts are folders of ours, the dashboard lies where the provider looks, and it is the first page."""
    assert all((LEVEL / ours).is_dir() for ours in MOUNTS)
    assert MOUNTS["./grafana/provisioning"] == "/etc/grafana/provisioning"
    assert MOUNTS["./grafana/dashboards"] == PROVIDER["options"]["path"]
    first = GRAFANA["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert first == PROVIDER["options"]["path"] + "/taxi.json"


def test_the_datasource_is_the_prometheus_beside_it():
    host, _, port = SOURCE["url"].removeprefix("http://").partition(":")
    assert at(FILES, f"compose.services.{host}.ports") == [f"127.0.0.1:{port}:{port}"]
    assert SOURCE["jsonData"]["timeInterval"] == at(FILES, "prometheus.global.scrape_interval")
