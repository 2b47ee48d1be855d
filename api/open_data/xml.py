"""Small helpers to write DATEX II with lxml: child elements, typed elements, texts in German."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from lxml.etree import _Element

XSI = "http://www.w3.org/2001/XMLSchema-instance"
TYPE = f"{{{XSI}}}type"
LANGUAGE = "de"
COUNTRY = "de"


def add(
    parent: _Element, namespace: str, name: str, text: object = None, *, attributes: dict[str, str] | None = None
) -> _Element:
    """A new last child; `text` is written as `str` says, truth as DATEX II spells it."""
    child = etree.SubElement(parent, f"{{{namespace}}}{name}", attributes or {})
    if isinstance(text, bool):
        child.text = "true" if text else "false"
    elif text is not None:
        child.text = str(text)
    return child


def add_words(parent: _Element, namespace: str, name: str, text: str, *, inner: str | None = None) -> None:
    """A multilingual text that is given in German; `inner` is the namespace of its parts, where that differs."""
    within = inner or namespace
    values = add(add(parent, namespace, name), within, "values")
    add(values, within, "value", text, attributes={"lang": LANGUAGE})


def encoded(root: _Element) -> bytes:
    """The document as UTF-8 with its declaration."""
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
