"""HTML that cannot be broken by the texts in it: every text that is not `Html` already is escaped."""

from __future__ import annotations

import html
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.whatif.report.content import Words

VOID = frozenset({"br", "circle", "col", "input", "line", "link", "meta", "path", "polyline", "rect", "use"})
"""Elements without an end tag here; those of SVG end with a slash."""
SVG = frozenset({"circle", "line", "path", "polyline", "rect", "use"})


class Html(str):
    """Markup, made by the functions of this module alone."""

    __slots__ = ()


def text(value: str) -> Html:
    """Escape a text; control characters and lone surrogates, which no page may hold, become U+FFFD."""
    if isinstance(value, Html):
        return value
    kept = "".join("\ufffd" if unicodedata.category(sign) in {"Cc", "Cs"} and sign != "\n" else sign for sign in value)
    return Html(html.escape(kept, quote=True))


def tag(name: str, /, *children: str, **attributes: str | float | bool | None) -> Html:
    """An element.

    A trailing underscore of an attribute's name is dropped, other underscores become hyphens.  True writes the name
    alone, None and False leave the attribute out.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID:
        return Html(f"<{name}{written}{'/' if name in SVG else ''}>")
    return Html(f"<{name}{written}>{''.join(text(child) for child in children)}</{name}>")


def _attribute(key: str, value: str | float | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{text(str(value))}"'


def joined(parts: list[Html] | tuple[Html, ...]) -> Html:
    """Pieces of markup one after the other."""
    return Html("".join(parts))


def both(de: str, en: str) -> Html:
    """A text in both languages, of which the page shows one; a text that is the same in both stands once."""
    if de == en:
        return text(de)
    return Html(tag("span", de, lang="de") + tag("span", en, lang="en"))


def words(pair: Words) -> Html:
    """A text of the content in both languages."""
    return both(pair.de, pair.en)
