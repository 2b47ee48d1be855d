"""Settings of guidance, with where each figure comes from."""

from __future__ import annotations

from dataclasses import dataclass, field

from parking.forecast.thresholds import SignThresholds
from traffic_core import require
from traffic_core.errors import InvalidValueError

LONGEST_HOLD_S = 30.0
"""Half of the shortest time that data stay fresh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplaySettings:
    """How a row moves from one display to the next."""

    dwell_s: float = 180.0
    """Shortest time before a row may invite more than it does."""
    step_veh: int = 5
    dead_band_veh: int = 4
    """Rounding to 5 with a dead band of 4: 37 changes a day instead of 89 on recorded garages."""
    margin_share: float = 0.02
    """Full ends this share of the capacity above the reserve (2 and 4 % of the capacity for a reserve of 2 %)."""
    margin_veh: int = 2
    """The same for small or unknown capacities; the greater counts."""
    full_share: float = 0.05
    free_share: float = 0.95
    thresholds: SignThresholds = field(default_factory=SignThresholds)
    """With a forecast: probabilities of a place on arrival at which full begins and ends."""
    lead_s: float = 600.0
    """Time to the arrival where nobody knows the driving time."""

    def __post_init__(self) -> None:
        require.between("display.dwell_s", self.dwell_s, 0.0, 3_600.0)
        require.between("display.step_veh", self.step_veh, 1, 10)
        require.between("display.dead_band_veh", self.dead_band_veh, 0, 100)
        require.between("display.margin_share", self.margin_share, 0.0, 0.5)
        require.between("display.margin_veh", self.margin_veh, 1, 1_000)
        require.between("display.full_share", self.full_share, 0.0, 0.5)
        require.between("display.free_share", self.free_share, 0.5, 1.0)
        require.between("display.lead_s", self.lead_s, 0.0, 7_200.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CostSettings:
    """Weights of the generalised cost of a place, in seconds of driving.

    driving = drive + search(occupied share) + P(no space) × reroute
    cost = driving + emission_weight × damage by the CO2 of driving + walk_weight × walk + fee × stay / value of time
           [+ switching, where the place is not the one recommended last]

    The damage is CO2 per km × speed × price of CO2, in seconds by the value of time.  All are assumptions for a
    planner to set, but for the mean search time, which two points of the search curve keep near the German mean of
    105 s at usual occupancies, and the price of CO2.
    """

    walk_weight: float = 2.0
    walk_speed_m_s: float = 1.25
    detour_ratio: float = 1.3
    """Way over beeline, for walking and where no driving times are given."""
    drive_speed_m_s: float = 8.0
    """Only where no driving times are given."""
    search_s_at_share: tuple[tuple[float, float], ...] = ((0.0, 30.0), (0.7, 60.0), (0.9, 150.0), (1.0, 420.0))
    value_of_time_eur_h: float = 10.0
    stay_h: float = 1.5
    unknown_fee_eur_h: float = 0.5
    """Taken where nobody knows the fee."""
    reroute_s: float = 300.0
    emission_weight: float = 1.0
    """0 leaves the climate out."""
    co2_g_km: float = 180.0
    """Of a passenger car in town; assumed."""
    co2_eur_t: float = 300.0
    """Cost of climate damage by one tonne, about what the German Environment Agency recommends for 2024
    (Methodenkonvention 3.2, 1 % time preference)."""
    switching_s: float = 60.0
    sink_s: float = 1_800.0
    """Cost of being told nothing ("continue to P+R"); nothing dearer is ever recommended."""

    def __post_init__(self) -> None:
        amounts = ("walk_weight", "stay_h", "unknown_fee_eur_h", "reroute_s", "switching_s", "co2_g_km", "co2_eur_t")
        for name in (*amounts, "emission_weight"):
            require.between(f"cost.{name}", getattr(self, name), 0.0, 10_000.0)
        for name in ("walk_speed_m_s", "detour_ratio", "drive_speed_m_s", "value_of_time_eur_h"):
            require.positive(f"cost.{name}", getattr(self, name))
        require.between("cost.sink_s", self.sink_s, 1.0, 100_000.0)
        shares = [share for share, _ in self.search_s_at_share]
        if len(shares) < 2 or shares != sorted(set(shares)):
            limit = "must be at least two points of rising share"
            raise InvalidValueError("cost.search_s_at_share", self.search_s_at_share, limit)
        for share, search_s in self.search_s_at_share:
            require.between("cost.search_s_at_share.share", share, 0.0, 1.0)
            require.between("cost.search_s_at_share.seconds", search_s, 0.0, 3_600.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidanceSettings:
    """How contents are issued and drivers are assigned."""

    validity_s: float = 60.0
    """How long a content may be shown; data near an age limit shorten it."""
    hold_s: float = 15.0
    """Shortest validity, which the data of a content must outlive: one cycle of 10 s and its delivery."""
    supply_quantile: float = 0.15
    """Places offered are those that are free on arrival with a probability of 85 %."""
    arrival_s: float = 300.0
    """Time between the decision and the arrival of those who follow it."""
    display: DisplaySettings = field(default_factory=DisplaySettings)
    cost: CostSettings = field(default_factory=CostSettings)

    def __post_init__(self) -> None:
        require.between("guidance.hold_s", self.hold_s, 0.1, LONGEST_HOLD_S)
        require.between("guidance.validity_s", self.validity_s, 2.0 * self.hold_s, 300.0)
        require.between("guidance.supply_quantile", self.supply_quantile, 0.001, 0.5)
        require.between("guidance.arrival_s", self.arrival_s, 0.0, 3_600.0)
