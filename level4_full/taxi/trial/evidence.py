"""How much the data say: pure functions of numbers, for one experiment or for thousands of simulated ones at once.

Two kinds of evidence. What promotes is the mean of three days: trips of one day share its weather and its traffic, and
a rule that takes them for independent promotes noise, looked at once or daily. What stops is the single trip: that is
quick, and the wide margin it is held against absorbs what days have in common.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

PHI = 0.2  # scale of the mixture: 1 cannot decide before the fifth block, .1 loses a fifth of the power
EVIDENCE = 10.0  # one-sided 5 %: 1 / (2 * .05), and the sign
MARGIN = 0.005  # a gain of less than half a percent of the champion's error is not worth a change
FEWEST_BLOCKS, HORIZON = 3, 9
ALPHA = 0.05
TUNED_FOR = 5_000  # trips at which the sequence of bounds is narrowest


def log_e(blocks: Floats) -> Floats:
    """(...,) log of the evidence against "the mean is zero" in (..., n) block means; minus infinity below two blocks.

    The t mixture of Lindon, Ham, Tingley and Bojinov (2022, anytime-valid linear models), right-Haar prior on the
    scale: valid whenever somebody looks, as long as blocks are independent. Blocks without any spread count as none.
    """
    n = blocks.shape[-1]
    if n < 2:
        return np.full(blocks.shape[:-1], -np.inf)
    v, spread = n - 1, blocks.std(axis=-1, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        square = n * blocks.mean(axis=-1) ** 2 / spread**2
        grown = np.log1p(square / v * PHI / (PHI + n)) - np.log1p(square / v)
        found = 0.5 * np.log(PHI / (PHI + n)) - (v + 1) / 2 * grown
    return np.where(spread > 0, found, -np.inf)


def superior(blocks: Floats, champion_mae: float) -> npt.NDArray[np.bool_]:
    """(...,) whether (..., n) block means of the loss saved, in minutes, promote: the deciding rule, looked at once."""
    if blocks.shape[-1] < FEWEST_BLOCKS:
        return np.zeros(blocks.shape[:-1], bool)
    mean = blocks.mean(axis=-1)
    return np.asarray((log_e(blocks) >= np.log(EVIDENCE)) & (mean > 0) & (mean >= MARGIN * champion_mae))


def half_width(n: Floats, spread: Floats, alpha: float = ALPHA) -> Floats:
    """How far the mean of n trips may be from the truth, one side, at every n at once (infinite for none).

    The asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024), one-sided.
    """
    n = np.asarray(n, float)
    rho = np.sqrt((-2 * np.log(2 * alpha) + np.log(-2 * np.log(2 * alpha) + 1)) / TUNED_FOR)
    grown = n * rho**2 + 1
    with np.errstate(divide="ignore", invalid="ignore"):
        width = spread * np.sqrt(2 * grown / (n * rho) ** 2 * np.log1p(np.sqrt(grown) / (2 * alpha)))
    return np.where(n > 0, width, np.inf)


def detectable(blocks: Floats, horizon: int = HORIZON) -> float:
    """The gain, in minutes, that `horizon` blocks as noisy as these would promote in four of five experiments.

    The mean must pass the border of `log_e` at the horizon by .84 of its standard error; found by bisection.
    """
    spread = float(blocks.std(ddof=1)) if blocks.size > 1 else float("nan")
    if not spread > 0:
        return float("nan")
    unit = np.resize([-1.0, 1.0], horizon)
    noise = (unit - unit.mean()) / unit.std(ddof=1) * spread
    low, high = 0.0, 50 * spread
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if log_e(noise + middle) >= np.log(EVIDENCE) else (middle, high)
    return high + 0.84 * spread / float(np.sqrt(horizon))
