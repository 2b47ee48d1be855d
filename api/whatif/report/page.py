"""The page as a whole: one file of HTML without any other resource, the same bytes for the same content."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from api.whatif.report.chapter_curves import occupancy, queues
from api.whatif.report.chapter_figures import figures
from api.whatif.report.chapter_maps import maps
from api.whatif.report.chapter_method import data, method
from api.whatif.report.chapter_quality import quality
from api.whatif.report.chapter_summary import summary
from api.whatif.report.markup import Html, both, joined, tag, text, words
from api.whatif.report.numbers import clock, day, number

if TYPE_CHECKING:
    from api.whatif.report.content import ReportContent

FOLDER = Path(__file__).resolve().parent
CHAPTERS = (
    ("summary", "Zusammenfassung", "Summary"),
    ("figures", "Kenngrößen", "Figures"),
    ("maps", "Karten", "Maps"),
    ("queues", "Stau", "Queues"),
    ("parking", "Parken", "Parking"),
    ("quality", "Qualitätsstufen", "Levels of service"),
    ("method", "Methode", "Method"),
    ("data", "Daten", "Data"),
)


def render(content: ReportContent) -> str:
    """The report; in German until the reader chooses, or another language of the browser chooses English.

    The page works without its script, which only remembers the language and names it to the browser.
    """
    style = (FOLDER / "style.css").read_text(encoding="utf-8")
    script = (FOLDER / "page.js").read_text(encoding="utf-8")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(script)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="generator", content=f"Stadttakt {content.software_version}"),
        tag("title", _title(content.title.de), data_de=_title(content.title.de), data_en=_title(content.title.en)),
        tag("link", rel="icon", href="data:,"),
        tag("style", Html(style)),
    )
    body = tag(
        "body", _banner(content), tag("main", *_main(content), id="main"), _foot(content), tag("script", Html(script))
    )
    return f"<!doctype html>\n{tag('html', head, body, lang='de')}\n"


def _policy(script: str) -> str:
    """Nothing from elsewhere, and no script but ours: a second guard behind the escaping."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _title(title: str) -> str:
    return f"{title} · Stadttakt"


def _banner(content: ReportContent) -> Html:
    brand = tag("p", tag("strong", "Stadttakt"), " · ", tag("span", content.town), class_="brand")
    kind = tag("p", both("Was-wäre-wenn-Bericht", "What-if report"), class_="tagline")
    model = tag("p", words(content.model_label), class_="model")
    skip = tag("a", both("Zum Inhalt", "To the content"), href="#main", class_="skip")
    return tag("header", skip, tag("div", brand, kind), model, switch(), class_="top")


def switch() -> Html:
    """Two radio buttons; the style sheet reads them, so that no script is needed."""
    legend = tag("legend", "Sprache / Language", class_="hidden")
    choices = [
        Html(tag("input", type="radio", name="language", id=f"lang-{code}", value=code, checked=code == "de") + label)
        for code, label in (
            ("de", tag("label", "Deutsch", for_="lang-de", lang="de", class_="keep")),
            ("en", tag("label", "English", for_="lang-en", lang="en", class_="keep")),
        )
    ]
    return tag("fieldset", legend, *choices, class_="language")


def _main(content: ReportContent) -> tuple[Html, ...]:
    return (
        tag("h1", words(content.title)),
        _facts(content),
        _contents(),
        summary(content),
        figures(content),
        maps(content),
        queues(content),
        occupancy(content),
        quality(content),
        method(content),
        data(content),
    )


def _facts(content: ReportContent) -> Html:
    begin, end = (clock(at_s, content.timezone, end=at_s == content.end_s) for at_s in (content.begin_s, content.end_s))
    last_day = day(content.end_s - 1.0, content.timezone)
    first_day = day(content.begin_s, content.timezone)
    until = end if first_day == last_day else Html(f"{last_day}, {end}")
    period = Html(f"{first_day}, {begin} – {until}")
    facts = (
        (both("Zeitraum", "Period"), period),
        (both("Varianten", "Variants"), number(len(content.variants))),
        (both("Startwerte", "Seeds"), number(content.seeds)),
        (both("Gescheiterte Läufe", "Failed runs"), number(len(content.failed_runs))),
    )
    entries = [tag("div", tag("dt", name), tag("dd", value)) for name, value in facts]
    return tag("dl", joined(entries), class_="facts")


def _contents() -> Html:
    links = [tag("li", tag("a", both(de, en), href=f"#{key}")) for key, de, en in CHAPTERS]
    title = tag("h2", both("Inhalt", "Contents"), id="contents-title", class_="hidden")
    return tag("nav", title, tag("ol", *links), aria_labelledby="contents-title", class_="contents")


def _foot(content: ReportContent) -> Html:
    made = both(
        f"Erzeugt mit Stadttakt {content.software_version}. ", f"Made with Stadttakt {content.software_version}. "
    )
    return tag("footer", tag("p", made, words(content.model_label), ". ", text(content.licence)))
