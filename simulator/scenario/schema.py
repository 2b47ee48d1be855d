"""The published form of scenario files."""

from __future__ import annotations

import json

from simulator.scenario.document import schema


def schema_text() -> str:
    """JSON schema of a scenario file, as docs/schemas/scenario.schema.json holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
