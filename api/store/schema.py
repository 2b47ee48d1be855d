"""The tables, for SQLite and PostgreSQL alike.

Times are seconds since 1970-01-01 UTC as double precision: what the service computes with, kept bit for bit.  Keys of
readings begin with the time, so that new rows land at the end of the tree and old ones go in one piece.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, MetaData, PrimaryKeyConstraint, Table, Text

metadata = MetaData(
    naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_N_name)s"},
)

detector_reading = Table(
    "detector_reading",
    metadata,
    Column("measured_at_s", Double, nullable=False),
    Column("source_id", Text, nullable=False),
    Column("received_at_s", Double, nullable=False),
    Column("interval_s", Double, nullable=False),
    Column("count_veh", Integer, nullable=False),
    Column("occupancy_share", Double),
    Column("speed_m_s", Double),
    Column("quality", Text, nullable=False),
    PrimaryKeyConstraint("measured_at_s", "source_id"),
    sqlite_with_rowid=False,
)

occupancy_reading = Table(
    "occupancy_reading",
    metadata,
    Column("measured_at_s", Double, nullable=False),
    Column("source_id", Text, nullable=False),
    Column("received_at_s", Double, nullable=False),
    Column("free_veh", Integer),
    Column("occupied_veh", Integer),
    Column("capacity_veh", Integer),
    Column("entered_veh", Integer),
    Column("left_veh", Integer),
    Column("is_open", Boolean),
    Column("quality", Text, nullable=False),
    PrimaryKeyConstraint("measured_at_s", "source_id"),
    Index(None, "source_id", "measured_at_s"),
    sqlite_with_rowid=False,
)

bay_reading = Table(
    "bay_reading",
    metadata,
    Column("measured_at_s", Double, nullable=False),
    Column("source_id", Text, nullable=False),
    Column("received_at_s", Double, nullable=False),
    Column("occupied", Boolean, nullable=False),
    Column("quality", Text, nullable=False),
    PrimaryKeyConstraint("measured_at_s", "source_id"),
    Index(None, "source_id", "measured_at_s"),
    sqlite_with_rowid=False,
)

sign_content = Table(
    "sign_content",
    metadata,
    Column("sign_id", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("issued_at_s", Double, nullable=False),
    Column("valid_until_s", Double, nullable=False),
    Column("payload_json", Text, nullable=False),
    PrimaryKeyConstraint("sign_id", "sequence"),
    Index(None, "issued_at_s"),
)

signal_command = Table(
    "signal_command",
    metadata,
    Column("junction_id", Text, nullable=False),
    Column("valid_from_s", Double, nullable=False),
    Column("issued_at_s", Double, nullable=False),
    Column("programme_id", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("payload_json", Text, nullable=False),
    PrimaryKeyConstraint("junction_id", "valid_from_s", "issued_at_s"),
    Index(None, "issued_at_s"),
    Index(None, "junction_id", "issued_at_s"),
)

stage_wish = Table(
    "stage_wish",
    metadata,
    Column("issued_at_s", Double, nullable=False),
    Column("junction_id", Text, nullable=False),
    Column("valid_from_s", Double, nullable=False),
    Column("stage_id", Text, nullable=False),
    Column("groups_json", Text, nullable=False),
    Column("reason", Text, nullable=False),
    PrimaryKeyConstraint("issued_at_s", "junction_id"),
    Index(None, "junction_id", "issued_at_s"),
    sqlite_with_rowid=False,
)

decision = Table(
    "decision",
    metadata,
    Column("at_s", Double, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("inputs_json", Text, nullable=False),
    Column("outcome_json", Text, nullable=False),
    PrimaryKeyConstraint("at_s", "kind", "subject_id"),
    Index(None, "subject_id", "at_s"),
)

reject_count = Table(
    "reject_count",
    metadata,
    Column("at_s", Double, nullable=False),
    Column("reason", Text, nullable=False),
    Column("rejected", BigInteger, nullable=False),
    PrimaryKeyConstraint("at_s", "reason"),
)

TIME_COLUMN = {
    detector_reading: detector_reading.c.measured_at_s,
    occupancy_reading: occupancy_reading.c.measured_at_s,
    bay_reading: bay_reading.c.measured_at_s,
    sign_content: sign_content.c.issued_at_s,
    signal_command: signal_command.c.issued_at_s,
    stage_wish: stage_wish.c.issued_at_s,
    decision: decision.c.at_s,
    reject_count: reject_count.c.at_s,
}
"""By which each table ages."""
