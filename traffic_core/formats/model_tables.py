"""Columns of a model folder's tables whose readers live in rooms above this one, and the cells an import assumes.

A test compares the columns with those of the readers.
"""

from __future__ import annotations

from traffic_core.tables import PROVENANCE_COLUMNS

FACILITY_COLUMNS = (
    *("facility_id", "name", "district", "lat", "lon", "kind", "capacity_veh", "reserve_veh", "update_interval_s"),
    *("access_node_id", "fee_eur_h", "mean_stay_min", "guided", *PROVENANCE_COLUMNS),
)
EMPTY_TABLES = {
    "facility_profile.csv": ("facility_id", "hour", "occupied_share", *PROVENANCE_COLUMNS),
    "sign.csv": ("sign_id", "name", "link_id", "lat", "lon", *PROVENANCE_COLUMNS),
    "sign_row.csv": ("sign_id", "row", "label_de", "label_en", "arrow", "facility_ids", *PROVENANCE_COLUMNS),
    "event_plan.csv": (
        *("event_id", "name_de", "name_en", "active", "first_date", "last_date", "from_time", "until_time"),
        *("target", "show", *PROVENANCE_COLUMNS),
    ),
    "signal_group.csv": (
        *("junction_id", "group_id", "kind", "min_green_s", "amber_s", "red_amber_s", "saturation_flow_veh_h"),
        *("turns", *PROVENANCE_COLUMNS),
    ),
    "intergreen.csv": ("junction_id", "clearing_group", "entering_group", "intergreen_s", *PROVENANCE_COLUMNS),
    "stage.csv": ("junction_id", "stage_id", "groups", *PROVENANCE_COLUMNS),
    "programme.csv": (
        *("junction_id", "programme_id", "cycle_s", "offset_s", "group_id", "green_start_s", "green_length_s"),
        *PROVENANCE_COLUMNS,
    ),
    "junction_group.csv": ("group_id", "junctions", *PROVENANCE_COLUMNS),
    "day_plan.csv": ("group_id", "days", "from_time", "run", "otherwise", *PROVENANCE_COLUMNS),
    "special_day.csv": ("kind", "first_date", "last_date", "name", *PROVENANCE_COLUMNS),
    "traffic_rule.csv": (
        *("rule_id", "group_id", "quantity", "sources", "on_at", "off_at", "dwell_s", "run"),
        *PROVENANCE_COLUMNS,
    ),
    "area_detector.csv": ("detector_id", "link_id", "reach_m", *PROVENANCE_COLUMNS),
    "bus_line.csv": ("line_id", "name", "links", *PROVENANCE_COLUMNS),
    "bus_call.csv": ("line_id", "stop_id", "position", "dwell_s", "in_lane", *PROVENANCE_COLUMNS),
    "bus_departure.csv": ("line_id", "from_min", "until_min", "every_min", *PROVENANCE_COLUMNS),
}
"""Tables that no import fills: supply data of signals, signs, the use of car parks and bus lines must come from their
owners."""

TIMEZONE = "Europe/Berlin"
RESERVE_VEH = 0
UPDATE_INTERVAL_S = 60
MEAN_STAY_MIN = {"garage": 90, "surface": 60, "on_street": 60, "park_and_ride": 540, "external": 420}
"""By kind of facility; assumed, of the size of those in the shipped model."""
FACILITY_NOTE = "access node, reserve, reporting interval and mean stay assumed on import; fee unknown"
