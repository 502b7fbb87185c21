"""compose.yaml fits its specification and holds to the rules of the manifests; its Prometheus asks its service."""

import copy
import re
import subprocess
import sys

import pytest
import yaml
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


def test_prometheus_asks_the_service_beside_it(files):
    (job,) = files["prometheus"]["scrape_configs"]
    (target,) = job["static_configs"]
    assert target["targets"] == [f"taxi:{PORT}"]
    assert "taxi" in files["compose"]["services"]
    assert job["metrics_path"] == pod(files, ".metadata.annotations")["prometheus.io/path"]
    assert job["metrics_path"] in answered()


def test_prometheus_reads_our_file_and_keeps_what_it_collects(files):
    service = at(files, "compose.services.prometheus")
    options = dict(option.removeprefix("--").split("=") for option in service["command"])
    mounts = [volume.split(":")[:2] for volume in service["volumes"]]
    assert mounts == [["./prometheus.yml", options["config.file"]], ["prometheus", options["storage.tsdb.path"]]]
