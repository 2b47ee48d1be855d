"""The record of why: decisions with their inputs as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from parking import content
from parking.visitors import CAR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parking.assignment_cells import Cell
    from parking.assignment_plan import GuidancePlan
    from parking.display_rows import RowState
    from parking.occupancy import PlacesEstimate
    from parking.sign import RowContent, Sign, SignContent


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One change that was decided, with what it rests on, for the decision log."""

    at_s: float
    subject_id: str
    """`facility/ID`, `sign/ID`, `guidance/SIGN/DISTRICT` or `event/ID`."""
    inputs: Mapping[str, object]
    """Plain values: text, numbers, truth, None, or lists of them."""
    outcome: str
    reason: str
    """A word of `parking.content.REASONS`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What the display of a facility rests on beside its estimate."""

    reserve_veh: int
    p_arrival: float | None
    lead_s: float
    forecast: str
    full_below_share: float
    free_above_share: float
    reserve_rung: str = "automatic"
    """Who set the reserve; `automatic` for the usual one."""
    reserve_by: str = ""
    """Name of the key or the event that set it."""


def facility_decision(now_s: float, estimate: PlacesEstimate, state: RowState, basis: Basis) -> Decision:
    """A facility shows something else than before."""
    row = state.content
    return Decision(
        at_s=now_s,
        subject_id=f"facility/{estimate.facility_id}",
        inputs={
            "held_veh": estimate.held_veh,
            "capacity_veh": estimate.capacity_veh,
            "quality": estimate.quality.value,
            "measured_at_s": estimate.measured_at_s,
            "age_s": estimate.age_s,
            "p_free": estimate.p_free,
            "is_open": estimate.is_open,
            "estimate": estimate.reason,
            "fault": None if estimate.fault is None else estimate.fault.rule.value,
            "fault_de": None if estimate.fault is None else estimate.fault.explanation_de,
            "fault_en": None if estimate.fault is None else estimate.fault.explanation_en,
            "reserve_veh": basis.reserve_veh,
            "reserve_rung": basis.reserve_rung,
            "reserve_by": basis.reserve_by,
            "p_arrival": None if basis.p_arrival is None else round(basis.p_arrival, 4),
            "lead_s": round(basis.lead_s, 1),
            "forecast": basis.forecast,
            "full_below_share": basis.full_below_share,
            "free_above_share": basis.free_above_share,
            "rung": row.rung.value,
            "by": state.by,
        },
        outcome=outcome_of(row),
        reason=row.reason,
    )


def sign_decision(now_s: float, sign: Sign, issued: SignContent, rows: Mapping[str, object], reason: str) -> Decision:
    """A sign shows something else than before; `rows` is said of its rows besides, as columns."""
    return Decision(
        at_s=now_s,
        subject_id=f"sign/{sign.id}",
        inputs={
            "sequence": issued.sequence,
            "valid_until_s": issued.valid_until_s,
            "facility_ids": [";".join(row.facility_ids) for row in sign.rows],
            "reasons": [row.reason for row in issued.rows],
            "ages_s": [row.age_s for row in issued.rows],
            "p_free": [None if row.p_free is None else round(row.p_free, 4) for row in issued.rows],
            "rungs": [row.rung.value for row in issued.rows],
            **rows,
        },
        outcome=" | ".join(outcome_of(row) for row in issued.rows),
        reason=reason,
    )


def subject_of_cell(cell: Cell) -> str:
    """Under which the plan for a cell is logged: `guidance/SIGN/DISTRICT`, then the class where it is not cars."""
    subject = f"guidance/{cell.sign_id}/{cell.district}"
    return subject if cell.vehicle_class == CAR else f"{subject}/{cell.vehicle_class}"


def plan_decision(now_s: float, plan: GuidancePlan, i: int, subject: str) -> Decision:
    """Drivers of cell `i` are sent elsewhere than before."""
    chosen = plan.chosen[i]
    offered = np.flatnonzero(plan.cost_s[i, :-1] < plan.cost_s[i, -1]).tolist()
    return Decision(
        at_s=now_s,
        subject_id=subject,
        inputs={
            "demand_veh": int(plan.demand_veh[i]),
            "facility_ids": [plan.facility_ids[f] for f in offered],
            "cost_s": [round(float(plan.cost_s[i, f]), 1) for f in offered],
            "price_s": [round(float(plan.price_s[f]), 1) for f in offered],
            "supply_veh": [int(plan.supply_veh[f]) for f in offered],
            "flow_veh": [int(plan.flow_veh[i, f]) for f in offered],
        },
        outcome="none" if chosen is None else chosen,
        reason=content.NOTHING_TO_OFFER if chosen is None else content.LEAST_COST,
    )


def outcome_of(row: RowContent) -> str:
    """What a row shows, in a word or figure."""
    return row.display.value if row.free_veh is None else str(row.free_veh)
