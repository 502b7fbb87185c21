"""Three detectors, one name: what is it, and who does what? Data first, then the trips, then the model."""

from dataclasses import dataclass
from enum import StrEnum

from taxi.watch import drift, performance
from taxi.watch.quality import Broken


class Name(StrEnum):
    """What a day is called."""

    NO_DATA = "no data"
    FINE = "fine"
    DATA_FAULT = "data fault"
    COVARIATE_SHIFT = "covariate shift"
    MODEL_DECAY = "model decay"


TO_DO = {
    Name.NO_DATA: "find out why nothing came; a day that nobody saw is not a good day",
    Name.FINE: "nothing",
    Name.DATA_FAULT: "mend the source; train and judge on nothing of this day",
    Name.COVARIATE_SHIFT: "know about it; nobody is woken, nothing is promoted for it",
    Name.MODEL_DECAY: "look at the cause; train on newer months and let the trial decide",
}


@dataclass(frozen=True)
class Verdict:
    """reasons: one sentence each. to_do: what a person does."""

    name: Name
    reasons: list[str]
    to_do: str


def decide(broken: list[Broken], drifted: drift.Finding, hurt: performance.Finding) -> Verdict:
    """The table: broken rules make a data fault, whatever else fires; an error beside moved trips is the model's."""
    if broken:
        name, reasons = Name.DATA_FAULT, [f"{one.rule}: {one.said}" for one in broken]
    elif hurt.fires:
        name, reasons = Name.MODEL_DECAY, [hurt.reason, *([drifted.reason] if drifted.fires else [])]
    elif drifted.fires:
        name, reasons = Name.COVARIATE_SHIFT, [drifted.reason, hurt.reason]
    else:
        name, reasons = Name.FINE, [hurt.reason, drifted.reason]
    return Verdict(name, reasons, TO_DO[name])
