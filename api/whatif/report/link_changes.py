"""What a variant changes on each link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from api.whatif.report.measures import delay_h, mean_delay_s

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from api.whatif.report.content import ScenarioTables, VariantContent

    Floats = NDArray[np.float64]

LEAST_VEH = 20.0
"""Below, in base or variant, the mean delay of a link is not coloured."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Change:
    """What changes on each link, (L,) each."""

    base_veh: Floats
    variant_veh: Floats
    base_delay_s: Floats
    variant_delay_s: Floats
    more_delay_h: Floats
    uncertain: NDArray[np.bool_]
    """The interval of the difference of the volumes contains zero; nowhere where it is not known."""

    @property
    def more_veh(self) -> Floats:
        """Difference of the volumes."""
        return self.variant_veh - self.base_veh

    @property
    def shown_veh(self) -> Floats:
        """Difference of the volumes where it is certain, NaN elsewhere."""
        return np.where(self.uncertain, np.nan, self.more_veh)

    @property
    def shown_delay_s(self) -> Floats:
        """Difference of the mean delays where both carry enough vehicles, NaN elsewhere."""
        enough = np.minimum(self.base_veh, self.variant_veh) >= LEAST_VEH
        return np.where(enough, self.variant_delay_s - self.base_delay_s, np.nan)

    @property
    def width_veh(self) -> Floats:
        """The larger of both volumes: a link that is closed stays visible."""
        return np.maximum(self.base_veh, self.variant_veh)


def change_of(base: ScenarioTables, variant: VariantContent) -> Change:
    """Sums of the period, and their differences."""
    tables = variant.scenario.tables
    base_veh, variant_veh = base.entered_veh.sum(axis=1), tables.entered_veh.sum(axis=1)
    half = variant.entered_half_width_veh
    uncertain = np.zeros(base_veh.shape, np.bool_) if half is None else np.abs(variant_veh - base_veh) <= half
    return Change(
        base_veh=base_veh,
        variant_veh=variant_veh,
        base_delay_s=mean_delay_s(base),
        variant_delay_s=mean_delay_s(tables),
        more_delay_h=delay_h(tables) - delay_h(base),
        uncertain=uncertain,
    )
