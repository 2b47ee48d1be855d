"""The last reading of each bay is found without reading all history."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_bay_reading_source_id_measured_at_s", "bay_reading", ["source_id", "measured_at_s"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_bay_reading_source_id_measured_at_s", "bay_reading")
