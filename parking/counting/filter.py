"""Kalman filter of the vehicles inside a car park whose entries and exits are counted, each with misses.

State: vehicles inside n, and bias b, the share of its movements by which the count runs away.  With e entries and l
exits counted, missed with the independent probabilities p and q (binomial thinning):

    n += e / (1 - p) - l / (1 - q) + b (e + l) / 2
    var n += e p / (1 - p)^2 + l q / (1 - q)^2        (negative binomial: what was missed beside what was seen)

Observations are of n: recounts, absolute levels, bays, the quiet night.  After each step n is held within 0 and the
capacity by the moments of the normal distribution cut off there; b follows through the covariance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

ALARM_SIGMAS = 4.0
"""An observation further off is an alarm: the count has drifted more than misses explain, or a sensor is wrong."""
TRUTH_SIGMA_VEH = 1.0
"""Standard deviation of a recount and of an absolute level."""
WRONG_SHARE = 0.2
"""Counts far beyond the bounds show that the level was wrong, not by how much: the state widens by this at least."""
BIAS_SIGMA_A_DAY = 0.000_5
"""How far the bias wanders in a day: cameras get dirty slowly."""
DAY_S = 86_400.0
_LEAST_MASS = 1e-12


@dataclass(slots=True)
class CountingFilter:
    """State, covariance and bounds; all in vehicles but for the bias."""

    capacity_veh: float
    n_veh: float
    var_n: float
    bias: float
    var_bias: float
    cov: float = 0.0
    beyond_veh: float = 0.0
    """By how much the counts since the last observation lay above the capacity, or (negative) below none."""
    free_var: float = 0.0
    """Variance without the bounds since then."""

    def __post_init__(self) -> None:
        self.free_var = self.free_var or self.var_n

    @property
    def sigma_veh(self) -> float:
        """Standard deviation of the vehicles inside."""
        return math.sqrt(max(self.var_n, 0.0))

    def count(self, entered_veh: int, left_veh: int, miss_shares: tuple[float, float], passed_s: float) -> float:
        """Move on by what was counted in `passed_s`; `miss_shares` of entries and of exits.

        Return by how much all counts since the last observation lie above the capacity, or (negative) below none, where
        that is news and more than 4 sigma, else 0: what was observed was wrong, and the state widens by that distance
        at least.
        """
        miss_in, miss_out = miss_shares
        moved = 0.5 * (entered_veh + left_veh)
        self.n_veh += entered_veh / (1.0 - miss_in) - left_veh / (1.0 - miss_out) + self.bias * moved
        missed = entered_veh * miss_in / (1.0 - miss_in) ** 2 + left_veh * miss_out / (1.0 - miss_out) ** 2
        grown = 2.0 * moved * self.cov + moved * moved * self.var_bias + missed
        self.var_n += grown
        self.free_var += max(grown, 0.0)
        self.cov += moved * self.var_bias
        self.var_bias += BIAS_SIGMA_A_DAY**2 * max(passed_s, 0.0) / DAY_S
        wrong_veh = self._beyond()
        if wrong_veh != 0.0:
            self.var_n += max(wrong_veh * wrong_veh, (WRONG_SHARE * self.capacity_veh) ** 2)
        self._cut()
        return wrong_veh

    def lose(self, sigma_veh: float) -> None:
        """Nobody knows what happened meanwhile: the state widens."""
        self.var_n += sigma_veh * sigma_veh
        self.free_var += sigma_veh * sigma_veh
        self._cut()

    def observe(self, seen_veh: float, sigma_veh: float, *, truth: bool = False) -> tuple[float, bool]:
        """Take in an observation of the vehicles inside; return by how much it lay higher, and whether that alarms.

        After an alarm a truth is taken as it is; any other observation widens the state by its distance instead, as
        either may be wrong.
        """
        innovation = seen_veh - self.n_veh
        noise = sigma_veh * sigma_veh
        alarm = abs(innovation) > ALARM_SIGMAS * math.sqrt(self.var_n + noise)
        if alarm:
            self.var_n += innovation * innovation
            if not truth:
                self._cut()
                self.beyond_veh, self.free_var = 0.0, self.var_n
                return innovation, True
        total = self.var_n + noise
        gain_n, gain_bias = self.var_n / total, self.cov / total
        self.n_veh += gain_n * innovation
        self.bias += gain_bias * innovation
        self.var_bias -= gain_bias * self.cov
        self.cov *= 1.0 - gain_n
        self.var_n *= 1.0 - gain_n
        self._cut()
        self.beyond_veh, self.free_var = 0.0, self.var_n
        return innovation, alarm

    def _beyond(self) -> float:
        step_veh = self.n_veh - min(max(self.n_veh, 0.0), self.capacity_veh)
        if step_veh == 0.0:
            return 0.0
        self.beyond_veh = step_veh if step_veh * self.beyond_veh < 0.0 else self.beyond_veh + step_veh
        explained_veh = ALARM_SIGMAS * math.sqrt(self.free_var + TRUTH_SIGMA_VEH**2)
        return self.beyond_veh if abs(self.beyond_veh) > explained_veh else 0.0

    def _cut(self) -> None:
        """Hold n within 0 and the capacity; the bias learns from it as from an observation."""
        mean, var = cut_normal(self.n_veh, self.var_n, self.capacity_veh)
        if self.var_n > 0.0:
            gain = self.cov / self.var_n
            self.bias += gain * (mean - self.n_veh)
            self.var_bias = max(self.var_bias - gain * gain * (self.var_n - var), 0.0)
            self.cov = gain * var
        self.n_veh, self.var_n = mean, var


def cut_normal(mean: float, var: float, high: float) -> tuple[float, float]:
    """Mean and variance of a normal distribution cut off below 0 and above `high`.

    With a = -mean / s, b = (high - mean) / s, density f, distribution F, Z = F(b) - F(a):
    mean + s (f(a) - f(b)) / Z, and s^2 (1 + (a f(a) - b f(b)) / Z - ((f(a) - f(b)) / Z)^2).
    Where next to nothing lies within, the nearer end is certain to a place.
    """
    if var <= 0.0:
        return min(max(mean, 0.0), high), 0.0
    sigma = math.sqrt(var)
    a, b = -mean / sigma, (high - mean) / sigma
    mass = 0.5 * (math.erfc(-b / math.sqrt(2.0)) - math.erfc(-a / math.sqrt(2.0)))
    if mass < _LEAST_MASS:
        return (0.0, min(var, 1.0)) if mean < 0.0 else (high, min(var, 1.0))
    f_a, f_b = _density(a), _density(b)
    shift = (f_a - f_b) / mass
    cut = var * (1.0 + (a * f_a - b * f_b) / mass - shift * shift)
    return min(max(mean + sigma * shift, 0.0), high), min(max(cut, 0.0), var)


def _density(x: float) -> float:
    return math.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)
