"""The report as one HTML file in both languages, without any other resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.parking.benefit.sections import sections, title_of
from api.whatif.report import page as whatif_page
from api.whatif.report.markup import Html, both, joined, tag

if TYPE_CHECKING:
    from api.parking.benefit.content import Benefit
    from api.parking.benefit.sections import Section, Table
    from simulator.study.numbers import Language

LANGUAGES: tuple[Language, ...] = ("de", "en")


def page(benefit: Benefit) -> str:
    """In German until the reader chooses; the same bytes for the same result."""
    style = (whatif_page.FOLDER / "style.css").read_text(encoding="utf-8")
    titles = {language: f"{title_of(benefit, language)} · Stadttakt" for language in LANGUAGES}
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="generator", content=f"Stadttakt {benefit.software_version}"),
        tag("title", titles["de"]),
        tag("link", rel="icon", href="data:,"),
        tag("style", Html(style)),
    )
    main = tag("main", *(_language(benefit, language) for language in LANGUAGES), id="main")
    body = tag("body", _banner(benefit), main, _foot(benefit))
    return f"<!doctype html>\n{tag('html', head, body, lang='de')}\n"


def _banner(benefit: Benefit) -> Html:
    brand = tag("p", tag("strong", "Stadttakt"), " · ", tag("span", benefit.town), class_="brand")
    kind = tag("p", both("Nutzen der Wegweiser", "Worth of the signs"), class_="tagline")
    model = tag("p", both(benefit.label_de, benefit.label_en), class_="model")
    skip = tag("a", both("Zum Inhalt", "To the content"), href="#main", class_="skip")
    return tag("header", skip, tag("div", brand, kind), model, whatif_page.switch(), class_="top")


def _foot(benefit: Benefit) -> Html:
    used = benefit.software_version
    made = both(f"Erzeugt mit Stadttakt {used}: ", f"Made with Stadttakt {used}: ")
    return tag("footer", tag("p", made, tag("code", benefit.command)))


def _language(benefit: Benefit, language: Language) -> Html:
    parts = [tag("h1", title_of(benefit, language))]
    parts += [_section(section) for section in sections(benefit, language)]
    return tag("div", joined(parts), lang=language)


def _section(section: Section) -> Html:
    parts = [tag("h2", section.title), *(tag("p", sentence) for sentence in section.sentences)]
    parts += [_table(table) for table in section.tables]
    parts += [tag("p", sentence) for sentence in section.closing]
    return tag("section", joined(parts), class_="chapter")


def _table(table: Table) -> Html:
    head = tag("tr", *(tag("th", entry, scope="col") for entry in table.header))
    rows = [tag("tr", tag("th", row[0], scope="row"), *(tag("td", entry) for entry in row[1:])) for row in table.rows]
    whole = tag("table", tag("caption", tag("span", table.caption)), tag("thead", head), tag("tbody", *rows))
    return tag("div", whole, class_="scroll", tabindex="0", role="region", aria_label=table.caption)
