"""The published schema and the page that describes the measures."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from simulator.scenario.document import Measure
from simulator.scenario.loading import load_scenario
from simulator.scenario.schema import schema_text
from simulator.scenario.staging import _APPLY

ROOT = Path(__file__).resolve().parents[3]
KINDS = [get_args(kind.model_fields["measure"].annotation)[0] for kind in get_args(Measure)]
EXAMPLES = re.findall(
    r"^ *- (\{measure: .*\})$", (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8"), re.MULTILINE
)


def test_the_published_schema_is_up_to_date():
    published = ROOT / "docs" / "schemas" / "scenario.schema.json"
    assert published.read_text(encoding="utf-8") == schema_text(), "write it anew with `stadttakt scenario schema`"


def test_the_schema_describes_every_measure():
    schema = json.loads(schema_text())
    assert set(schema["properties"]["measures"]["items"]["discriminator"]["mapping"]) == set(KINDS)
    assert set(_APPLY) | {"new_signal"} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_has_an_example_of_every_measure_that_can_be_read(kind, written):
    measures = [example[1:-1] for example in EXAMPLES if re.match(rf"\{{measure: {kind}\b", example)]
    assert measures
    assert [placed.place.kind for placed in load_scenario(written("page", *measures)).measures] == [kind] * len(
        measures
    )
