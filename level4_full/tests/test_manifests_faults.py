"""The tests of the manifests and of compose.yaml do catch what they are there for: one fault each, in a copy."""

import copy

import kubernetes_validate
import pytest
import test_compose
import test_manifests
from manifests import FILES, put

POD = "statefulset.spec.template.spec"
TAXI = f"{POD}.containers.0"
ONE, OTHER, THIRD = (f"compose.services.{name}" for name in ("taxi", "prometheus", "grafana"))

FAULTS = [  # where, what instead (None: nothing), and the test that must refuse it
    (f"{POD}.securityContext.runAsUser", 0, "nobody_runs_as_root"),
    (f"{TAXI}.securityContext.runAsUser", 0, "nobody_runs_as_root"),
    (f"{POD}.initContainers", [{"name": "root", "securityContext": {"runAsUser": 0}}], "nobody_runs_as_root"),
    (f"{TAXI}.securityContext.readOnlyRootFilesystem", False, "the_root_file_system_cannot_be_written_to"),
    (f"{TAXI}.securityContext.capabilities.add", ["NET_ADMIN"], "nothing_has_capabilities_or_can_gain_rights"),
    (f"{TAXI}.securityContext.allowPrivilegeEscalation", True, "nothing_has_capabilities_or_can_gain_rights"),
    (f"{POD}.hostNetwork", True, "nothing_has_capabilities_or_can_gain_rights"),
    (f"{POD}.enableServiceLinks", True, "the_cluster_tells_a_pod_nothing"),
    (f"{TAXI}.readinessProbe", None, "every_container_has_probes_and_resources"),
    (f"{TAXI}.resources.limits.memory", None, "every_container_has_probes_and_resources"),
    (f"{TAXI}.livenessProbe.httpGet.path", "/ready", "probes_ask_what_the_service_answers"),
    ("service.spec.selector", {"app.kubernetes.io/name": "taxis"}, "every_selector_finds_our_pods"),
    ("poddisruptionbudget.spec.selector.matchLabels", {}, "every_selector_finds_our_pods"),
    ("service.spec.ports.0.targetPort", "https", "every_port_is_the_one_the_image_listens_on"),
    ("networkpolicy.spec.ingress.0", {}, "every_port_is_the_one_the_image_listens_on"),
    ("networkpolicy.spec.egress.0.ports.0.port", 443, "nothing_goes_out_but_questions_for_names"),
    (
        "horizontalpodautoscaler.spec.scaleTargetRef.kind",
        "Deployment",
        "the_autoscaler_scales_what_exists_and_it_alone",
    ),
    ("statefulset.spec.replicas", 2, "the_autoscaler_scales_what_exists_and_it_alone"),
    (f"{TAXI}.image", "ghcr.io/OWNER/REPOSITORY/level4:latest", "the_image_is_this_release_and_no_image_is_latest"),
    (f"{TAXI}.image", "ghcr.io/OWNER/REPOSITORY/level4", "the_image_is_this_release_and_no_image_is_latest"),
    (f"{POD}.terminationGracePeriodSeconds", 6, "a_stopped_pod_has_time_to_finish"),
    ("kustomization.resources.0", "taxi.yaml", "kustomize_applies_every_manifest"),
    (f"{ONE}.user", "0:0", "nobody_is_root_can_write_to_the_root_or_gain_rights"),
    (f"{OTHER}.read_only", False, "nobody_is_root_can_write_to_the_root_or_gain_rights"),
    (f"{OTHER}.cap_add", ["NET_ADMIN"], "nobody_is_root_can_write_to_the_root_or_gain_rights"),
    (f"{OTHER}.healthcheck", None, "every_service_is_looked_after_and_bounded"),
    (f"{OTHER}.ports.0", "9090:9090", "only_this_machine_can_ask"),
    (f"{OTHER}.image", "prom/prometheus:latest", "the_image_is_that_of_the_cluster_and_no_image_is_latest"),
    (
        f"{ONE}.image",
        "ghcr.io/OWNER/REPOSITORY/level4:0.0.9",
        "the_image_is_that_of_the_cluster_and_no_image_is_latest",
    ),
    (f"{ONE}.environment.TAXI_TOKEN", "1234", "no_secret_is_written_down"),
    ("prometheus.scrape_configs.0.static_configs.0.targets.0", "taxi:80", "prometheus_asks_the_service_beside_it"),
    ("prometheus.scrape_configs.0.metrics_path", "/metric", "prometheus_asks_the_service_beside_it"),
    ("prometheus.scrape_configs.1.sample_limit", 0, "prometheus_asks_the_monitor_and_bounds_what_it_takes"),
    ("prometheus.rule_files.0", "alerts.yml", "prometheus_reads_our_files_and_keeps_what_it_collects"),
    (f"{OTHER}.volumes.1", "./prometheus:/etc/prometheus:ro", "prometheus_reads_our_files_and_keeps_what_it_collects"),
    (f"{THIRD}.ports.0", "3000:3000", "only_this_machine_can_ask"),
    (
        f"{THIRD}.environment.GF_AUTH_ANONYMOUS_ORG_ROLE",
        "Admin",
        "grafana_comes_when_it_is_asked_for_and_lets_everybody_look_and_nobody_in",
    ),
    (
        f"{THIRD}.environment.GF_SECURITY_ADMIN_PASSWORD",
        "admin",
        "grafana_comes_when_it_is_asked_for_and_lets_everybody_look_and_nobody_in",
    ),
    (
        f"{THIRD}.environment.GF_PLUGINS_PREINSTALL_AUTO_UPDATE",
        "true",
        "grafana_leaves_the_plugins_of_its_image_alone_and_tells_nobody",
    ),
]


@pytest.mark.parametrize(("path", "value", "rule"), FAULTS)
def test_a_fault_is_refused_by_its_test(path, value, rule):
    files, home = copy.deepcopy(FILES), test_manifests if hasattr(test_manifests, f"test_{rule}") else test_compose
    put(files, path, value)
    with pytest.raises(AssertionError):
        getattr(home, f"test_{rule}")(files)


def test_a_field_that_kubernetes_does_not_know_is_refused():
    files = copy.deepcopy(FILES)
    put(files, f"{TAXI}.readOnly", True)
    with pytest.raises(kubernetes_validate.ValidationError, match="readOnly"):
        test_manifests.test_every_manifest_fits_the_schema_of_kubernetes(files, "1.35")


def test_a_field_that_compose_does_not_know_is_refused(tmp_path):
    files = copy.deepcopy(FILES)
    put(files, f"{ONE}.readonly", True)
    with pytest.raises(AssertionError, match="readonly"):
        test_compose.test_compose_fits_its_specification(files, tmp_path)
