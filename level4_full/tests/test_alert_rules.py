"""Who is told what, and when: Prometheus can read the rules, their own tests pass, and what they ask for exists.

promtool judges the rules. It is the one on the PATH, or the one in .tools/, which needs no root and starts no server.
"""

import copy
import re
import shutil
import subprocess

import pytest
import yaml
from dockerfile import LEVEL
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from taxi.serving.metrics import Metrics
from taxi.serving.routing import Table, Version

TOOLS = LEVEL.parent / ".tools"
BRING = "make promtool"
RULES = yaml.safe_load((LEVEL / "prometheus/alerts.yml").read_text())
TRIED = yaml.safe_load((LEVEL / "prometheus/alerts_test.yml").read_text())
ALERTS = {rule["alert"]: rule for group in RULES["groups"] for rule in group["rules"]}
VERDICTS = {"fine", "data_fault", "covariate_shift", "model_decay", "no_data"}
MONITOR = {  # what the monitor exposes, and the labels
    "monitor_heartbeat_timestamp_seconds": set(),
    "monitor_day_timestamp_seconds": set(),
    "monitor_error_level": set(),
    "monitor_error_limit": set(),
    "monitor_drift_score": {"column"},
    "monitor_drift_limit": {"column"},
    "monitor_quality_broken": {"rule"},
    "monitor_verdict": {"name"},
    "monitor_mae_minutes": set(),
    "monitor_label_lag_seconds": set(),
    "monitor_model_age_days": set(),
}
PROMETHEUS = {"up": set(), "ALERTS": {"alertname", "alertstate", "severity"}}
OF_A_TARGET = {"job", "instance"}
MATCHER = re.compile(r'(\w+)\s*[!=~]+\s*"([^"]*)"')
WORDS = {"and", "or", "unless", "bool", "on", "ignoring", "by", "without", "group_left", "group_right"}


@pytest.fixture(scope="session")
def promtool():
    """Runs it, in the folder of the rules."""
    tool = shutil.which("promtool") or shutil.which("promtool", path=TOOLS / "prometheus/usr/bin")
    if tool is None:
        pytest.skip(f"promtool, for the alert rules; from the root of the course: {BRING}")

    def run(*arguments, folder=LEVEL / "prometheus"):
        return subprocess.run([tool, *map(str, arguments)], capture_output=True, text=True, cwd=folder)

    return run


def exposed() -> dict[str, set[str]]:
    """Every series that service, monitor and Prometheus have, and its labels."""
    metrics = Metrics(log=None)
    metrics.follow(Table(Version("1", "0" * 64)))
    metrics.answered("champion", "1")
    metrics.fell_back("nan")
    service: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(generate_latest(metrics.registry).decode()):
        for sample in family.samples:
            service.setdefault(sample.name, set()).update(sample.labels)
    return service | MONITOR | PROMETHEUS


def asked(expression: str) -> list[tuple[str, dict[str, str]]]:
    """The series that an expression asks for, with what it wants of their labels: up{job="taxi"}."""
    plain = re.sub(r"\b(by|without|on|ignoring)\s*\([^)]*\)|\[[^\]]*\]", " ", expression)
    found = re.findall(r"(?<![\w.])([a-zA-Z_:][\w:]*)\s*(\{[^}]*\})?(?!\w|\s*\()", plain)
    return [(name, dict(MATCHER.findall(of))) for name, of in found if name not in WORDS]


def grouped(expression: str) -> set[str]:
    """The labels that an expression sums by."""
    return {label.strip() for inside in re.findall(r"\bby\s*\(([^)]*)\)", expression) for label in inside.split(",")}


def unknown(expression: str) -> list[str]:
    """What an expression asks for that nobody exposes: a series, a label, a verdict."""
    known, wrong, labels = exposed(), [], set(OF_A_TARGET)
    for name, wanted in asked(expression):
        if name not in known:
            wrong.append(name)
            continue
        labels |= known[name]
        wrong += [f"{name}{{{label}}}" for label in wanted if label not in known[name] | OF_A_TARGET]
        if name == "monitor_verdict" and wanted.get("name", "fine") not in VERDICTS:
            wrong.append(f"{name}{{name={wanted['name']!r}}}")
    return wrong + sorted(grouped(expression) - labels)


def questions(rule):
    """The rule's expression, and what its words ask."""
    return [rule["expr"], *re.findall(r'query "([^"]*)"', " ".join(rule["annotations"].values()))]


def test_prometheus_takes_configuration_and_rules(promtool):
    for done in (promtool("check", "config", LEVEL / "prometheus.yml"), promtool("check", "rules", "alerts.yml")):
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_rule_fires_when_it_should_and_none_in_a_calm_hour(promtool):
    done = promtool("test", "rules", "alerts_test.yml")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("fault", ["vector(1) > 2", "vector(1)"], ids=["never", "always"])
@pytest.mark.parametrize("alert", ALERTS)
def test_a_rule_that_never_fires_or_always_does_is_found(promtool, alert, fault, tmp_path):
    rules, tried = copy.deepcopy(RULES), copy.deepcopy(TRIED)
    (rule,) = [rule for group in rules["groups"] for rule in group["rules"] if rule["alert"] == alert]
    rule["expr"] = fault
    tried["tests"] = [test for test in tried["tests"] if f"'{alert}'" in str(test) or f'"{alert}"' in str(test)]
    (tmp_path / "alerts.yml").write_text(yaml.safe_dump(rules))
    (tmp_path / "alerts_test.yml").write_text(yaml.safe_dump(tried))
    done = promtool("test", "rules", "alerts_test.yml", folder=tmp_path)
    assert done.returncode == 1
    assert "FAILED" in done.stdout + done.stderr


def test_an_alert_that_fires_is_found_in_the_calm_hour(promtool, tmp_path):
    """Even one that is over before the hour is."""
    rules = copy.deepcopy(RULES)
    rules["groups"][0]["rules"][-1] |= {"expr": "vector(1) and on() (vector(time()) < 1800)"}
    (tmp_path / "alerts.yml").write_text(yaml.safe_dump(rules))
    (tmp_path / "alerts_test.yml").write_text(yaml.safe_dump(TRIED | {"tests": TRIED["tests"][:1]}))
    assert promtool("test", "rules", "alerts_test.yml", folder=tmp_path).returncode == 1


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_says_how_urgent_it_is_what_hurts_and_where_to_read_on(alert):
    rule = ALERTS[alert]
    assert rule["labels"]["severity"] in {"page", "ticket", "info"}
    assert re.fullmatch(r"[A-Z].{30,}\.", rule["annotations"]["summary"])
    kebab = re.sub(r"(?<!^)(?=[A-Z])", "-", alert).lower()
    assert rule["annotations"]["runbook"] == f"README.md#runbook-{kebab}"


def test_a_silent_monitor_wakes_somebody_and_other_trips_do_not():
    urgent = {alert: rule["labels"]["severity"] for alert, rule in ALERTS.items()}
    assert {urgent[alert] for alert in ("MonitorSilent", "DataFault", "ModelDecay", "ServiceDown")} == {"page"}
    assert urgent["CovariateShift"] == "info"


def test_every_verdict_has_its_rule_but_the_one_that_all_is_fine():
    wanted = [of["name"] for rule in ALERTS.values() for name, of in asked(rule["expr"]) if name == "monitor_verdict"]
    assert sorted(wanted) == sorted(VERDICTS - {"fine"})


@pytest.mark.parametrize("alert", ALERTS)
def test_a_rule_asks_only_for_what_is_exposed(alert):
    assert [wrong for question in questions(ALERTS[alert]) for wrong in unknown(question)] == []


def test_the_tests_of_the_rules_have_series_that_exist():
    series = [given["series"] for test in TRIED["tests"] for given in test["input_series"]]
    assert [wrong for name in series for wrong in unknown(name)] == []


@pytest.mark.parametrize(
    ("expression", "wrong"),
    [
        ("prediction_total > 1", ["prediction_total"]),
        ('rate(predictions_total{arm="champion"}[5m])', ["predictions_total{arm}"]),
        ("sum by (version) (rate(predictions_total[5m]))", ["version"]),
        ('absent(monitor_verdict{name="decay"} == 1)', ["monitor_verdict{name='decay'}"]),
        ('up{job="taxi"} == 0 or absent(up{job="taxi"})', []),
        ("histogram_quantile(0.95, sum by (le) (rate(predict_seconds_bucket[5m]))) > 1e-2", []),
    ],
)
def test_a_figure_that_nobody_exposes_is_found(expression, wrong):
    assert unknown(expression) == wrong


def test_every_alert_has_its_line_in_the_runbook():
    """Of Prometheus and of the monitor itself; and no line is of an alert that there is not."""
    from taxi.watch.book import RUNBOOK

    text = (LEVEL / "README.md").read_text()
    asked = {rule["annotations"]["runbook"].removeprefix("README.md#") for rule in ALERTS.values()}
    assert set(re.findall(r'<a id="(runbook-[a-z-]+)">', text)) == asked
    assert {f"runbook-{name}" for name in RUNBOOK.values()} <= asked
