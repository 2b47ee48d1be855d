"""Stages wished by adaptive control have a table of their own; commands are found by junction and time of issue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "stage_wish",
        sa.Column("issued_at_s", sa.Double(), nullable=False),
        sa.Column("junction_id", sa.Text(), nullable=False),
        sa.Column("valid_from_s", sa.Double(), nullable=False),
        sa.Column("stage_id", sa.Text(), nullable=False),
        sa.Column("groups_json", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("issued_at_s", "junction_id", name="pk_stage_wish"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_stage_wish_junction_id_issued_at_s", "stage_wish", ["junction_id", "issued_at_s"])
    op.create_index("ix_signal_command_junction_id_issued_at_s", "signal_command", ["junction_id", "issued_at_s"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_signal_command_junction_id_issued_at_s", "signal_command")
    op.drop_table("stage_wish")
