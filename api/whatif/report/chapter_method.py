"""Chapters 7 and 8: what the model does, how to run it again, where the data come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.whatif.report.blocks import Column, bullet_list, chapter, paragraph, table
from api.whatif.report.content import Words
from api.whatif.report.markup import Html, both, tag, text, words

if TYPE_CHECKING:
    from api.whatif.report.content import ReportContent

DOES = (
    Words(
        de="Jedes Fahrzeug einzeln: Stau hat eine Länge, staut sich zurück und fließt mit der "
        "Sättigungsverkehrsstärke ab.",
        en="Every vehicle by itself: queues have a length, spill back and discharge at saturation flow.",
    ),
    Words(
        de="Lichtsignale, Vorfahrt, Kreisverkehre, Busse, Parkhäuser und ihre Anzeigen; Steuerung und Parkleitung sind "
        "dieselben Programme wie im Betrieb.",
        en="Signals, give-way, roundabouts, buses, car parks and their signs; signal control and parking guidance are "
        "the same programs as in operation.",
    ),
    Words(
        de="Fahrer wählen ihren Weg nach den Reisezeiten und reagieren auf Sperrungen und Anzeigen.",
        en="Drivers choose their way by travel times and react to closures and signs.",
    ),
)
DOES_NOT = (
    Words(
        de="Keine Spurwechsel, keine einzelnen Fußgänger und Radfahrer.",
        en="No lane changing, no pedestrians or cyclists as individuals.",
    ),
    Words(
        de="Keine neue oder entfallende Fahrt, keine Wahl anderer Verkehrsmittel oder Abfahrtszeiten: Die "
        "Nachfrage ist die des Modells und der Maßnahmen.",
        en="No trip appears or disappears, and nobody changes mode or departure time: demand is that of "
        "the model and the measures.",
    ),
    Words(
        de="Intervalle beschreiben den Zufall der Läufe, nicht die Unsicherheit von Netz, Nachfrage und Kalibrierung.",
        en="Intervals describe the chance of the runs, not the uncertainty of network, demand and calibration.",
    ),
)


def method(content: ReportContent) -> Html:
    """The chapter."""
    pairs = paragraph(
        "Gepaarte Läufe: Startwert für Startwert haben Basis und Variante dieselben Zufallszahlen je Fahrzeug, "
        "Parkhaus und Gerät, sodass der Zufall in der Differenz kleiner wird; ganz verschwindet er nicht. Intervalle "
        f"der Differenz: Student-t der {content.seeds} Paare.",
        "Paired runs: seed by seed, base and variant have the same random numbers for each vehicle, car park and "
        "device, so that chance in the difference gets smaller; it does not vanish. Intervals of the difference: "
        f"Student's t of the {content.seeds} pairs.",
    )
    return chapter(
        "method",
        7,
        both("Methode und Wiederholung", "Method and how to repeat it"),
        tag("h3", both("Was das Modell abbildet", "What the model does")),
        bullet_list([words(each) for each in DOES]),
        tag("h3", both("Was es nicht abbildet", "What it does not do")),
        bullet_list([words(each) for each in DOES_NOT]),
        tag("p", both("Ausführlich: ", "In full: "), tag("code", "docs/models/simulation.md")),
        pairs,
        tag("h3", both("Dieselben Zahlen noch einmal", "The same figures again")),
        paragraph(
            "Gleiches Modell, gleiches Szenario, gleicher Startwert und gleiche Version ergeben dieselben Ergebnisse.",
            "The same model, scenario, seed and version give the same results.",
        ),
        *(tag("pre", tag("code", line), tabindex="0") for line in content.commands),
        _fingerprints(content),
    )


def _fingerprints(content: ReportContent) -> Html:
    columns = (
        Column(head=both("Szenario", "Scenario")),
        Column(head=both("Kennung", "Id")),
        Column(head=both("Fingerabdruck", "Fingerprint")),
    )
    scenarios = (content.base, *(variant.scenario for variant in content.variants))
    rows = [(words(each.title), text(each.id), tag("code", each.fingerprint)) for each in scenarios]
    caption = both(
        f"Fingerabdrücke von Modell, Szenario und Programm, Stadttakt {content.software_version}",
        f"Fingerprints of model, scenario and programme, Stadttakt {content.software_version}",
    )
    return table("fingerprints", caption, columns, rows)


def data(content: ReportContent) -> Html:
    """The chapter."""
    return chapter(
        "data",
        8,
        both("Daten und Lizenzen", "Data and licences"),
        tag(
            "p",
            both("Das Modell sagt von sich: ", "The model says of itself: "),
            tag("strong", words(content.model_label)),
        ),
        tag("p", both("Lizenz: ", "Licence: "), content.licence),
        bullet_list([text(line) for line in content.attribution]),
        *(tag("p", words(note)) for note in content.notes),
    )
