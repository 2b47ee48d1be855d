"""Tags kept aside as text, so that nothing of the file is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.formats.imported import AsideTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from traffic_core.formats.osm.drafts import Draft
    from traffic_core.formats.osm.records import Records
    from traffic_core.formats.osm.ways import Tags


def tag_text(tags: Tags) -> str:
    """Tags as `key=value;key=value` in the order of keys; a semicolon or backslash inside has a backslash before it."""
    escaped = ((_escape(key), _escape(value)) for key, value in sorted(tags.items()))
    return ";".join(f"{key}={value}" for key, value in escaped)


def aside_tables(
    drafts: Sequence[Draft], ids: Sequence[str], records: Records, restrictions: Iterable[tuple[str, Tags]]
) -> tuple[AsideTable, ...]:
    """All tags of the ways and nodes on links, which ways each link has, and the restrictions that were not used."""
    ways = {way for draft in drafts for way in draft.ways}
    nodes = sorted({node for draft in drafts for node in draft.nodes} & records.node_tags.keys())
    return (
        _table("osm_link", "way_ids", ((i, ";".join(map(str, d.ways))) for i, d in zip(ids, drafts, strict=True))),
        _table("osm_way", "tags", ((str(way.id), tag_text(way.tags)) for way in records.ways if way.id in ways)),
        _table("osm_node", "tags", ((str(node), tag_text(records.node_tags[node])) for node in nodes)),
        _table("osm_restriction", "tags", ((relation, tag_text(tags)) for relation, tags in restrictions)),
    )


def _table(name: str, column: str, rows: Iterable[tuple[str, str]]) -> AsideTable:
    return AsideTable(name=name, columns=(f"{name.removeprefix('osm_')}_id", column), rows=tuple(rows))


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;")
