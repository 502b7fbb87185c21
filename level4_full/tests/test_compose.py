"""compose.yaml fits its specification and holds to the rules of the manifests; its Prometheus asks its service."""

import copy
import re
import subprocess
import sys
from pathlib import PurePosixPath

import pytest
import yaml
from dockerfile import LEVEL
from manifests import FILES, IMAGE, PORT, RELEASE, answered, at, named, pod


@pytest.fixture
def files():
    """Every file by its stem, a copy of the test's own: files["compose"]."""
    return copy.deepcopy(FILES)


def composed(files):
    return files["compose"]["services"].values()


def test_compose_fits_its_specification(files, tmp_path):
    path = tmp_path / "compose.yaml"
    path.write_text(yaml.safe_dump(files["compose"]))
    tool = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", path]
    done = subprocess.run(tool, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nobody_is_root_can_write_to_the_root_or_gain_rights(files):
    assert at(files, "compose.services.taxi.user") == IMAGE.one("USER")
    for service in composed(files):
        assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
        assert service["read_only"] is True
        assert (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"])
        assert not {"privileged", "cap_add", "pid", "ipc", "network_mode", "devices"} & set(service)


def test_every_service_is_looked_after_and_bounded(files):
    assert all({"healthcheck", "cpus", "mem_limit", "pids_limit", "restart"} <= set(each) for each in composed(files))


def test_only_this_machine_can_ask(files):
    assert [port for service in composed(files) for port in service["ports"] if not port.startswith("127.0.0.1:")] == []


def test_the_image_is_that_of_the_cluster_and_no_image_is_latest(files):
    assert named(at(files, "compose.services.taxi.image")) == named(pod(files, ".spec.containers.0.image"))
    assert named(at(files, "compose.services.taxi.image"))[1] == RELEASE
    assert all(re.match(r"v?\d", named(service["image"])[1]) for service in composed(files))


def test_the_service_is_asked_where_it_listens(files):
    service = at(files, "compose.services.taxi")
    assert service["environment"]["TAXI_PORT"] == str(PORT)
    assert service["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]
    assert f"http://127.0.0.1:{PORT}/health'" in service["healthcheck"]["test"][-1]
    assert "/health" in answered()


def test_the_state_is_a_volume_that_stays(files):
    service = at(files, "compose.services.taxi")
    assert service["volumes"] == [f"state:{service['environment']['TAXI_STATE']}"]
    assert set(files["compose"]["volumes"]) == {"state", "prometheus"}


def test_no_secret_is_written_down(files):
    """A name without a value: Compose takes it from the shell, or leaves it out."""
    environment = at(files, "compose.services.taxi.environment")
    assert "TAXI_TOKEN" in environment
    assert environment["TAXI_TOKEN"] is None


def asked(files):
    """The jobs of Prometheus by name."""
    return {job["job_name"]: job for job in files["prometheus"]["scrape_configs"]}


def test_prometheus_asks_the_service_beside_it(files):
    job = asked(files)["taxi"]
    (target,) = job["static_configs"]
    assert target["targets"] == [f"taxi:{PORT}"]
    assert "taxi" in files["compose"]["services"]
    assert job["metrics_path"] == pod(files, ".metadata.annotations")["prometheus.io/path"]
    assert job["metrics_path"] in answered()


def test_prometheus_asks_the_monitor_and_bounds_what_it_takes(files):
    assert set(asked(files)) == {"taxi", "monitor"}
    assert asked(files)["monitor"]["static_configs"] == [{"targets": ["monitor:9108"]}]
    assert all(job["sample_limit"] for job in asked(files).values())


def test_prometheus_reads_our_files_and_keeps_what_it_collects(files):
    """A rule's file lies beside the configuration inside as it does here."""
    service = at(files, "compose.services.prometheus")
    options = dict(option.removeprefix("--").split("=") for option in service["command"])
    inside = PurePosixPath(options["config.file"]).parent
    mounts = [volume.split(":")[:2] for volume in service["volumes"]]
    assert mounts == [
        ["./prometheus.yml", options["config.file"]],
        *(["./" + rules, str(inside / rules)] for rules in files["prometheus"]["rule_files"]),
        ["prometheus", options["storage.tsdb.path"]],
    ]
    assert all((LEVEL / rules).is_file() for rules in files["prometheus"]["rule_files"])


def test_grafana_comes_when_it_is_asked_for_and_lets_everybody_look_and_nobody_in(files):
    service = at(files, "compose.services.grafana")
    said = {name.removeprefix("GF_"): value for name, value in service["environment"].items()}
    assert service["profiles"] == ["grafana"]
    assert (said["AUTH_ANONYMOUS_ENABLED"], said["AUTH_ANONYMOUS_ORG_ROLE"]) == ("true", "Viewer")
    assert (said["AUTH_DISABLE_LOGIN_FORM"], said["AUTH_BASIC_ENABLED"]) == ("true", "false")
    assert said["SECURITY_DISABLE_INITIAL_ADMIN_CREATION"] == "true"
    assert not [name for name in said if "PASSWORD" in name or "SECRET" in name]


def test_grafana_leaves_the_plugins_of_its_image_alone_and_tells_nobody(files):
    """It would take them away to replace them, and on a read-only root be left without."""
    said = at(files, "compose.services.grafana.environment")
    assert (said["GF_PLUGINS_PREINSTALL_DISABLED"], said["GF_PLUGINS_PREINSTALL_AUTO_UPDATE"]) == ("true", "false")
    assert {value for name, value in said.items() if "ANALYTICS" in name or "NEWS" in name} == {"false"}
    assert all(volume.endswith(":ro") for volume in at(files, "compose.services.grafana.volumes"))
