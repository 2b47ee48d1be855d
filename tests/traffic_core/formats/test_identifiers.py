"""SUMO ids become identifiers and back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from traffic_core import require
from traffic_core.formats.identifiers import file_id_of, identifier_of


def test_an_edge_id_of_netconvert_becomes_an_identifier():
    assert identifier_of("-32038056#3") == "-32038056~233"
    assert identifier_of("a/b+c>d;e~f") == "a~2Fb~2Bc~3Ed~3Be~7Ef"
    assert identifier_of(":cluster_1_0") == ":cluster_1_0"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1))
def test_every_id_becomes_a_valid_identifier_and_comes_back(sumo_id: str):
    identifier = identifier_of(sumo_id)
    require.identifier("id", identifier)
    assert not set(identifier) & set(";>")
    assert file_id_of(identifier) == sumo_id
