"""The registry: versions of trip-duration, and which of them serves.

An alias is the truth: champion serves, challenger is on trial, previous is one step back. The tag `stage` says the same
in the words that teams use (production, staging, archived, none), is derived from the aliases, and repaired when a
crash left the two apart.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from taxi.errors import BadModel, NoAnswer, UnsafeModel
from taxi.graph import Scorer, digest, inspect
from taxi.store import Loaded

NAME, NEWEST = "trip-duration", "newest"
CHAMPION, CHALLENGER, PREVIOUS = "champion", "challenger", "previous"
RETURNING = "returning"  # where promote.py --back is going, while it goes
STAGE_OF = {CHAMPION: "production", CHALLENGER: "staging", PREVIOUS: "archived"}
NO_STAGE = "none"
FILE = "model.onnx"


@dataclass(frozen=True)
class Version:
    """A version as the registry has it. metrics and params are those of the run that made it."""

    number: str
    stage: str
    tags: Mapping[str, str]
    metrics: Mapping[str, float]
    params: Mapping[str, str]
    run_id: str
    source: str
    created: int  # milliseconds since 1970


def stages(aliases: Mapping[str, str], numbers: list[str]) -> dict[str, str]:
    """The stage of each version, from the aliases alone. A version with two aliases has the higher one's stage."""
    derived = dict.fromkeys(numbers, NO_STAGE)
    for alias in (PREVIOUS, CHALLENGER, CHAMPION):
        if alias in aliases:
            derived[aliases[alias]] = STAGE_OF[alias]
    return derived


class Registry:
    """The versions of one registered model, through an MLflow client."""

    def __init__(self, mlflow: Any) -> None:
        self._mlflow = mlflow
        self._client = mlflow.MlflowClient()

    def register(self, graph: bytes, run_id: str, tags: Mapping[str, str]) -> str:
        """Log the graph to the run and make a version of it, in one step that a kill cannot halve; its number.

        Raises UnsafeModel before anything is written when the graph is not one of this contract.
        """
        inspect(graph)
        source = self._log(graph, run_id)
        self._ensure_name()
        record = {"stage": NO_STAGE, "sha256": digest(graph), **tags}
        made = self._client.create_model_version(NAME, source, run_id, tags=record)
        return str(made.version)

    def versions(self) -> list[Version]:
        """Every version, oldest first; stages repaired on the way."""
        return [self._version(item, stage) for item, stage in self.repaired().values()]

    def repaired(self) -> dict[str, tuple[Any, str]]:
        """number -> MLflow's record and the stage, oldest first; a tag that a crash left behind follows its alias."""
        found = self._asked(self._client.search_model_versions, f"name='{NAME}'", absent=[])
        items = {str(item.version): item for item in sorted(found, key=lambda item: int(item.version))}
        derived = stages(self.aliases(), list(items))
        for number, item in items.items():
            if item.tags.get("stage") != derived[number]:
                self._client.set_model_version_tag(NAME, number, "stage", derived[number])
        return {number: (item, derived[number]) for number, item in items.items()}

    def version(self, number: str) -> Version:
        """One version: a number, "newest", or an alias. Raises BadModel naming those that exist when there is none."""
        known, number = self.repaired(), self.aliases().get(number, number)
        if number == NEWEST and known:
            number = list(known)[-1]
        if number not in known:
            there = f"there are: {', '.join(known)}" if known else "there are none. Train one: python train.py"
            raise BadModel(f"trip-duration has no version {number!r}; {there}")
        return self._version(*known[number])

    def tagged(self, name: str, value: str) -> str | None:
        """The version that has this tag; None for none."""
        found = self._asked(self._client.search_model_versions, f"name='{NAME}' and tags.`{name}`='{value}'", absent=[])
        return str(found[0].version) if found else None

    def aliases(self) -> dict[str, str]:
        """alias -> version number; empty when nothing is registered."""
        model = self._asked(self._client.get_registered_model, NAME, absent=None)
        return {alias: str(number) for alias, number in model.aliases.items()} if model else {}

    def point(self, alias: str, number: str | None) -> None:
        """Move an alias, or take it away with None: one write. Stages follow."""
        if number is None:
            self._client.delete_registered_model_alias(NAME, alias)
        else:
            self._client.set_registered_model_alias(NAME, alias, number)

    def graph(self, version: Version) -> bytes:
        """The version's file, checked against the hash on record. Raises UnsafeModel; nothing is executed."""
        with TemporaryDirectory() as folder:
            try:
                place = self._mlflow.artifacts.download_artifacts(f"{version.source}/{FILE}", dst_path=folder)
                data = Path(place).read_bytes()
            except (OSError, self._mlflow.exceptions.MlflowException) as error:
                raise BadModel(f"version {version.number} has no {FILE} ({error}). Train it again") from None
        recorded = version.tags.get("sha256", "none")
        if digest(data) != recorded:
            raise UnsafeModel(
                f"version {version.number} is not the file on record (sha256 {digest(data)[:12]}, recorded "
                f"{recorded[:12]}): damaged or exchanged. Reproduce it: python reproduce.py {version.number}"
            )
        return data

    def digest(self, number: str) -> str:
        """The sha256 on record of a version, asked for alone: one question, where there are hundreds of versions."""
        item = self._asked(lambda one: self._client.get_model_version(NAME, one), number, absent=None)
        if item is None:
            raise BadModel(f"trip-duration has no version {number!r}. See what there is: python models.py")
        return str(item.tags.get("sha256", "none"))

    def load(self, version: Version) -> Loaded:
        """The version, ready to answer. Raises UnsafeModel."""
        return Loaded(Scorer(self.graph(version)), version.number)

    def champion(self) -> Version:
        """What serves. Raises BadModel when nothing has been promoted."""
        number = self.aliases().get(CHAMPION)
        if number is None:
            raise BadModel("no version is champion. Train and promote one: python train.py, python promote.py 1")
        return self.version(number)

    def _asked(self, question: Callable[[str], Any], about: str, absent: Any) -> Any:
        """The answer, or `absent` when there is no such thing. Raises NoAnswer for a registry that does not.

        The two are not the same: with "no aliases" for an answer, a promotion would forget what served before.
        """
        try:
            return question(about)
        except self._mlflow.exceptions.MlflowException as error:
            if error.error_code == "RESOURCE_DOES_NOT_EXIST":
                return absent
            raise NoAnswer(f"the registry does not answer ({' '.join(str(error).split())[:120]}). Try again") from error

    def _log(self, graph: bytes, run_id: str) -> str:
        with TemporaryDirectory() as folder:
            path = Path(folder) / FILE
            path.write_bytes(graph)
            self._client.log_artifact(run_id, str(path), "model")
        return f"runs:/{run_id}/model"

    def _ensure_name(self) -> None:
        try:
            self._client.create_registered_model(NAME)
        except self._mlflow.exceptions.MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise

    def _version(self, item: Any, stage: str) -> Version:
        made_by = self._asked(self._client.get_run, item.run_id, absent=None) if item.run_id else None
        run = made_by.data if made_by else None
        return Version(
            number=str(item.version),
            stage=stage,
            tags={**(run.tags if run else {}), **item.tags},
            metrics=dict(run.metrics) if run else {},
            params=dict(run.params) if run else {},
            run_id=item.run_id,
            source=item.source,
            created=item.creation_timestamp,
        )
