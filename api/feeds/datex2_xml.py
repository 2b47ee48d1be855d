"""XML from strangers: a tree without DTD, entities or external references, and texts of any namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from api.feeds.port import RejectReason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from xml.etree.ElementTree import Element

    from api.feeds.collector import Collector

_PIECE_BYTES = 256 * 1024
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def read_xml(body: bytes, collector: Collector) -> Element | None:
    """Root of the tree; None and a reject where there is none."""
    if not collector.fits(body):
        return None
    try:
        parser = DefusedXMLParser(target=TreeBuilder(), forbid_dtd=True)
        # The tree builder in C makes elements that survive any depth; pieces let other threads have their turn.
        for start in range(0, len(body), _PIECE_BYTES):
            parser.feed(body[start : start + _PIECE_BYTES])
        root: Element = parser.close()
    except DefusedXmlException as error:
        why = f"a DTD or an entity is not accepted ({type(error).__name__})"
        collector.reject(RejectReason.MALFORMED, why, field="body", value=body[:20])
        return None
    except (ParseError, ValueError, LookupError) as error:
        collector.reject(RejectReason.MALFORMED, f"is not XML: {error}", field="body", value=body[:20])
        return None
    return root


def records(root: Element, wanted: Mapping[str, Collection[str]]) -> Iterator[Element]:
    """Elements by the names of their parent and of themselves, in the order of the document."""
    for element in root.iter():
        children = wanted.get(local_name(element), ())
        if children:
            yield from (child for child in element if local_name(child) in children)


def local_name(element: Element) -> str:
    """Name without its namespace."""
    return element.tag.rpartition("}")[2]


def type_name(element: Element) -> str:
    """`xsi:type` without its prefix; empty where there is none."""
    return element.get(_TYPE, "").rpartition(":")[2]


def text_at(element: Element, *paths: str) -> str | None:
    """Text at the first path that leads to some; a path names elements of any namespace."""
    for path in paths:
        steps = path if path.startswith(".//") else "/".join(f"{{*}}{step}" for step in path.split("/"))
        found = element.findtext(steps)
        if found is not None and found.strip():
            return found.strip()
    return None
