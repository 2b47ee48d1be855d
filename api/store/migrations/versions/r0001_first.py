"""The first schema: readings, sign contents, signal commands, decisions, counts of rejects."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "detector_reading",
        sa.Column("measured_at_s", sa.Double(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("received_at_s", sa.Double(), nullable=False),
        sa.Column("interval_s", sa.Double(), nullable=False),
        sa.Column("count_veh", sa.Integer(), nullable=False),
        sa.Column("occupancy_share", sa.Double(), nullable=True),
        sa.Column("speed_m_s", sa.Double(), nullable=True),
        sa.Column("quality", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("measured_at_s", "source_id", name="pk_detector_reading"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "occupancy_reading",
        sa.Column("measured_at_s", sa.Double(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("received_at_s", sa.Double(), nullable=False),
        sa.Column("free_veh", sa.Integer(), nullable=True),
        sa.Column("occupied_veh", sa.Integer(), nullable=True),
        sa.Column("capacity_veh", sa.Integer(), nullable=True),
        sa.Column("entered_veh", sa.Integer(), nullable=True),
        sa.Column("left_veh", sa.Integer(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=True),
        sa.Column("quality", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("measured_at_s", "source_id", name="pk_occupancy_reading"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_occupancy_reading_source_id_measured_at_s", "occupancy_reading", ["source_id", "measured_at_s"])
    op.create_table(
        "bay_reading",
        sa.Column("measured_at_s", sa.Double(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("received_at_s", sa.Double(), nullable=False),
        sa.Column("occupied", sa.Boolean(), nullable=False),
        sa.Column("quality", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("measured_at_s", "source_id", name="pk_bay_reading"),
        sqlite_with_rowid=False,
    )
    _create_what_was_said()


def _create_what_was_said() -> None:
    op.create_table(
        "sign_content",
        sa.Column("sign_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("issued_at_s", sa.Double(), nullable=False),
        sa.Column("valid_until_s", sa.Double(), nullable=False),
        sa.Column("payload_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sign_id", "sequence", name="pk_sign_content"),
    )
    op.create_index("ix_sign_content_issued_at_s", "sign_content", ["issued_at_s"])
    op.create_table(
        "signal_command",
        sa.Column("junction_id", sa.Text(), nullable=False),
        sa.Column("valid_from_s", sa.Double(), nullable=False),
        sa.Column("issued_at_s", sa.Double(), nullable=False),
        sa.Column("programme_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("payload_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("junction_id", "valid_from_s", "issued_at_s", name="pk_signal_command"),
    )
    op.create_index("ix_signal_command_issued_at_s", "signal_command", ["issued_at_s"])
    op.create_table(
        "decision",
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("inputs_json", sa.Text(), nullable=False),
        sa.Column("outcome_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("at_s", "kind", "subject_id", name="pk_decision"),
    )
    op.create_index("ix_decision_subject_id_at_s", "decision", ["subject_id", "at_s"])
    op.create_table(
        "reject_count",
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("at_s", "reason", name="pk_reject_count"),
    )


def downgrade() -> None:
    """Take back."""
    for table in (
        "reject_count",
        "decision",
        "signal_command",
        "sign_content",
        "bay_reading",
        "occupancy_reading",
        "detector_reading",
    ):
        op.drop_table(table)
