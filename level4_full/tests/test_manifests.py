"""The manifests fit the schema of Kubernetes, hold to our rules, and agree. No cluster is asked."""

import copy

import kubernetes_validate
import pytest
from manifests import FILES, IMAGE, PORT, RELEASE, answered, at, containers, named, pod

OBJECTS = sorted(set(FILES) - {"kustomization", "compose", "prometheus"})
PROBES = {"startupProbe": "/health", "livenessProbe": "/health", "readinessProbe": "/ready"}
SELECTORS = ["service.spec.selector", "service-pods.spec.selector", "networkpolicy.spec.podSelector.matchLabels"]
SELECTORS += [f"{name}.spec.selector.matchLabels" for name in ("statefulset", "poddisruptionbudget")]
SPREAD = ".spec.topologySpreadConstraints"


@pytest.fixture
def files():
    """Every file by its stem, a copy of the test's own: files["statefulset"]."""
    return copy.deepcopy(FILES)


@pytest.fixture(params=["1.35", kubernetes_validate.latest_version()])
def release(request):
    """The oldest release of Kubernetes that we ask for, and the newest that is known."""
    return request.param


def test_every_manifest_fits_the_schema_of_kubernetes(files, release):
    """Strictly: a field that the release does not know is refused."""
    for name in OBJECTS:
        kubernetes_validate.validate(files[name], release, strict=True)


def test_kustomize_applies_every_manifest(files):
    assert sorted(files["kustomization"]["resources"]) == sorted(f"{name}.yaml" for name in OBJECTS)


def test_nobody_runs_as_root(files):
    """The pod's user is the image's, by number, and no container has another."""
    user = pod(files, ".spec.securityContext")
    assert user["runAsNonRoot"] is True
    assert f"{user['runAsUser']}:{user['runAsGroup']}" == IMAGE.one("USER")
    assert not any({"runAsUser", "runAsGroup", "runAsNonRoot"} & set(c["securityContext"]) for c in containers(files))


def test_the_root_file_system_cannot_be_written_to(files):
    assert all(container["securityContext"]["readOnlyRootFilesystem"] is True for container in containers(files))


def test_nothing_has_capabilities_or_can_gain_rights(files):
    for context in (container["securityContext"] for container in containers(files)):
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert (context["allowPrivilegeEscalation"], context["privileged"]) == (False, False)
    assert pod(files, ".spec.securityContext.seccompProfile.type") == "RuntimeDefault"
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod(files, ".spec"))


def test_the_cluster_tells_a_pod_nothing(files):
    """No token to ask it with, and no TAXI_PORT=tcp://... from a service that is called taxi."""
    assert pod(files, ".spec.automountServiceAccountToken") is False
    assert pod(files, ".spec.enableServiceLinks") is False


def test_every_container_has_probes_and_resources(files):
    for container in containers(files):
        assert set(PROBES) <= set(container)
        assert all(container["resources"][kind].keys() == {"cpu", "memory"} for kind in ("requests", "limits"))


def test_probes_ask_what_the_service_answers(files):
    """/health, to be left alive; /ready, to be sent requests."""
    container = pod(files, ".spec.containers.0")
    assert {probe: container[probe]["httpGet"]["path"] for probe in PROBES} == PROBES
    assert {*PROBES.values(), pod(files, ".metadata.annotations")["prometheus.io/path"]} <= answered()


def test_every_selector_finds_our_pods(files):
    ours = pod(files, ".metadata.labels").items()
    spread = [constraint["labelSelector"]["matchLabels"] for constraint in pod(files, SPREAD)]
    assert all(wanted and wanted.items() <= ours for wanted in [*spread, *(at(files, path) for path in SELECTORS)])
    assert files["service-pods"]["metadata"]["name"] == at(files, "statefulset.spec.serviceName")
    assert at(files, "service-pods.spec.clusterIP") == "None"


def test_every_port_is_the_one_the_image_listens_on(files):
    container = pod(files, ".spec.containers.0")
    assert container["ports"] == [{"name": "http", "containerPort": PORT}]
    assert {"name": "TAXI_PORT", "value": str(PORT)} in container["env"]
    assert {container[probe]["httpGet"]["port"] for probe in PROBES} == {"http"}
    assert {at(files, f"{name}.spec.ports.0.targetPort") for name in ("service", "service-pods")} == {"http"}
    assert at(files, "networkpolicy.spec.ingress") == [{"ports": [{"protocol": "TCP", "port": PORT}]}]
    assert pod(files, ".metadata.annotations")["prometheus.io/port"] == str(PORT)


def test_nothing_goes_out_but_questions_for_names(files):
    assert at(files, "networkpolicy.spec.policyTypes") == ["Ingress", "Egress"]
    assert {port["port"] for rule in at(files, "networkpolicy.spec.egress") for port in rule["ports"]} == {53}


def test_the_autoscaler_scales_what_exists_and_it_alone(files):
    """One pod may be away while another serves, and an apply sets no number of pods back."""
    scaled, spec = files["statefulset"], files["horizontalpodautoscaler"]["spec"]
    target = {"apiVersion": scaled["apiVersion"], "kind": scaled["kind"], "name": scaled["metadata"]["name"]}
    assert spec["scaleTargetRef"] == target
    assert "replicas" not in scaled["spec"]
    assert at(files, "poddisruptionbudget.spec.maxUnavailable") < spec["minReplicas"] < spec["maxReplicas"]


def test_the_image_is_this_release_and_no_image_is_latest(files):
    image, models = pod(files, ".spec.containers.0.image"), pod(files, ".spec.volumes.0.image.reference")
    assert named(image)[1] == RELEASE
    assert named(models)[0] == named(image)[0] + "-models"
    assert all(named(used)[0] and named(used)[1] != "latest" for used in (image, models))


def test_a_log_outlives_its_pod_and_all_pods_have_the_same_routes_and_models(files):
    container, spec = pod(files, ".spec.containers.0"), files["statefulset"]["spec"]
    (claim,) = spec["volumeClaimTemplates"]
    mounts = {mount["mountPath"]: (mount["name"], mount.get("readOnly", False)) for mount in container["volumeMounts"]}
    (state,) = [entry["value"] for entry in container["env"] if entry["name"] == "TAXI_STATE"]
    assert mounts.pop(state) == (claim["metadata"]["name"], False)
    assert set(spec["persistentVolumeClaimRetentionPolicy"].values()) == {"Retain"}
    assert mounts.pop("/tmp") == ("tmp", False)
    assert mounts == {f"{state}/serving/models": ("models", True), f"{state}/serving/routes.json": ("routes", True)}
    (routes,) = files["kustomization"]["configMapGenerator"]
    assert pod(files, ".spec.volumes.1.configMap.name") == routes["name"]


def test_a_stopped_pod_has_time_to_finish(files):
    """Nobody sends to it any more, then it has the 2 s that it needs, and as much again."""
    assert pod(files, ".spec.terminationGracePeriodSeconds") > 4 + pod(
        files, ".spec.containers.0.lifecycle.preStop.sleep.seconds"
    )
