"""Course of traffic over the day that a model gets whose file says none: an assumption, marked so in its table."""

from __future__ import annotations

from traffic_core.demand import DayType

COLUMNS = ("day_type", "purpose", "hour", "share", "confidence", "source")
SOURCE = (
    "assumed on import, the file says nothing of hours: mean profile of turning counts of Stadt Münster 2015-2016 "
    "(dl-de/by-2-0), as in the shipped model"
)
SHARES = {
    DayType.WEEKDAY: (
        *(0.00678, 0.00496, 0.00400, 0.00389, 0.00563, 0.01435, 0.04016, 0.06795),
        *(0.06554, 0.05608, 0.05522, 0.05723, 0.06126, 0.06377, 0.06642, 0.07186),
        *(0.07572, 0.07311, 0.06390, 0.04846, 0.03420, 0.02557, 0.02089, 0.01305),
    ),
    DayType.SATURDAY: (
        *(0.01433, 0.01039, 0.00754, 0.00674, 0.00673, 0.00959, 0.01192, 0.01772),
        *(0.02894, 0.04247, 0.05204, 0.05815, 0.06188, 0.06302, 0.06387, 0.06032),
        *(0.05704, 0.05675, 0.05410, 0.04479, 0.03359, 0.02475, 0.02301, 0.02032),
    ),
    DayType.SUNDAY: (
        *(0.01712, 0.01364, 0.00995, 0.00845, 0.00744, 0.00821, 0.00827, 0.00865),
        *(0.01315, 0.02329, 0.03212, 0.03931, 0.04519, 0.04951, 0.05457, 0.05144),
        *(0.04887, 0.05228, 0.04795, 0.03938, 0.03121, 0.02284, 0.01681, 0.01035),
    ),
}
"""Share of a weekday's trips that start in each of the 24 hours, of all purposes."""


def profile_rows() -> list[tuple[object, ...]]:
    """Rows of profile.csv."""
    return [
        (day.value, "", hour, share, "estimated", SOURCE)
        for day, shares in SHARES.items()
        for hour, share in enumerate(shares)
    ]
