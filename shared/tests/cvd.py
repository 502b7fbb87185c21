"""How colours look to eyes that lack a kind of cone, and how far apart they are then.

Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB; distances in OKLab (Ottosson 2020), times 100.
"""

from itertools import combinations

import numpy as np

CONTRAST = {"graphics": 3.0, "text": 4.5}  # WCAG 2.2, AA
EYES = {
    "all cones": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                            [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                              [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                            [0.004733, 0.691367, 0.303900]]),
}  # fmt: skip
LMS = np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005]])  # fmt: skip
LAB = np.array([[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
                [0.0259040371, 0.7827717662, -0.8086757660]])  # fmt: skip


def apart(colours) -> float:
    """The distance of the two that are most alike, over all eyes. 2 can just be seen side by side."""
    seen = [[LAB @ np.cbrt(LMS @ np.clip(eye @ linear(colour), 0, 1)) for colour in colours] for eye in EYES.values()]
    return 100 * min(float(np.linalg.norm(one - other)) for labs in seen for one, other in combinations(labs, 2))


def contrast(one: str, other: str) -> float:
    """1 to 21, as WCAG counts it."""
    dark, light = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def linear(colour: str):
    """(3,) from "#rrggbb"."""
    value = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
