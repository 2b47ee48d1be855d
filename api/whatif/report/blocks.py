"""Parts that the chapters of the page are made of: headings, tables, figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.whatif.report.markup import Html, both, joined, tag, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from api.whatif.report.content import VariantContent


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table."""

    head: Html
    numeric: bool = False


def chapter(key: str, number: int, title: Html, *children: str) -> Html:
    """A chapter of the page, a landmark with its heading."""
    heading = tag("h2", tag("span", str(number), class_="number"), title, id=f"{key}-title")
    return tag("section", heading, *children, id=key, aria_labelledby=f"{key}-title", class_="chapter")


def paragraph(de: str, en: str, class_: str | None = None) -> Html:
    """A paragraph in both languages."""
    return tag("p", both(de, en), class_=class_)


def variant_heading(variant: VariantContent, place: int) -> Html:
    """Heading of what a chapter says of one variant."""
    return tag("h3", tag("span", f"V{place + 1}", class_="number"), " ", words(variant.scenario.title))


def bullet_list(items: Iterable[Html], class_: str | None = None) -> Html:
    """An unordered list."""
    return tag("ul", *(tag("li", item) for item in items), class_=class_)


def table(key: str, caption: Html, columns: Sequence[Column], rows: Sequence[Sequence[Html]]) -> Html:
    """A table whose first column heads its rows; wider than the page it scrolls inside its frame."""
    classes = [None if not column.numeric else "num" for column in columns]
    head = [tag("th", column.head, scope="col", class_=kind) for column, kind in zip(columns, classes, strict=True)]
    body: list[Html] = []
    for row in rows:
        cells = [tag("th", row[0], scope="row")]
        cells += [tag("td", cell, class_=kind) for cell, kind in zip(row[1:], classes[1:], strict=True)]
        body.append(tag("tr", *cells))
    whole = tag(
        "table",
        tag("caption", tag("span", caption), id=f"{key}-caption"),
        tag("thead", tag("tr", *head)),
        tag("tbody", *body),
    )
    return tag("div", whole, class_="scroll", role="region", tabindex="0", aria_labelledby=f"{key}-caption")


def figure(key: str, picture: Html, title: Html, said: Html, *below: str) -> Html:
    """A picture with its title and what it shows in words, which is its text alternative too."""
    caption = tag("figcaption", tag("strong", title), " ", tag("span", said), id=f"{key}-says")
    return tag("figure", caption, picture, *below)


def key_line(*entries: tuple[str, Html]) -> Html:
    """Legend of the curves of a chapter: class of the line and what it is."""
    samples = [tag("li", _sample(kind), meaning) for kind, meaning in entries]
    return tag("ul", joined(samples), class_="key")


def _sample(kind: str) -> Html:
    line = tag("path", d="M1 6L35 6", class_=f"curve {kind}")
    return tag("svg", line, viewBox="0 0 36 12", width="36", height="12", aria_hidden="true")
