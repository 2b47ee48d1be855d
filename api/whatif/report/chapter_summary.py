"""Chapter 1: what was compared, and in plain sentences what is and what is not significant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.whatif.report.blocks import bullet_list, chapter, paragraph
from api.whatif.report.markup import Html, both, joined, tag, words

if TYPE_CHECKING:
    from api.whatif.report.content import ReportContent, ScenarioContent, VariantContent


def summary(content: ReportContent) -> Html:
    """The chapter."""
    cards = [_variant(variant) for variant in content.variants]
    return chapter(
        "summary",
        1,
        both("Zusammenfassung", "Summary"),
        _failed(content),
        joined(cards),
        _stopped(content),
        _scenario(content.base, both("Basis", "Base")),
    )


def _variant(variant: VariantContent) -> Html:
    count = sum(row.significant for row in variant.rows)
    total = len(variant.rows)
    tally = both(
        f"{count} von {total} Kenngrößen ändern sich gesichert",
        f"{count} of {total} figures change significantly",
    )
    says = bullet_list([words(sentence) for sentence in variant.sentences], "says")
    return tag("article", _head(variant.scenario, both("Variante", "Variant")), tag("p", tally, class_="tally"), says)


def _scenario(scenario: ScenarioContent, kind: Html) -> Html:
    return tag("article", _head(scenario, kind), class_="base-card")


def _head(scenario: ScenarioContent, kind: Html) -> Html:
    parts = [
        tag("p", kind, class_="kind"),
        tag("h3", words(scenario.title)),
        tag("p", words(scenario.description)),
    ]
    if scenario.measures:
        parts.append(paragraph("Maßnahmen:", "Measures:", "lead"))
        parts.append(bullet_list([words(measure) for measure in scenario.measures], "measures"))
    return joined(parts)


def _stopped(content: ReportContent) -> Html:
    meaning = both(
        f"Basis und Varianten liefen mit denselben {content.seeds} Startwerten; verglichen wird je Startwert.",
        f"Base and variants ran with the same {content.seeds} seeds and are compared seed by seed.",
    )
    return tag("p", meaning, " ", words(content.stopped_because), class_="hint")


def _failed(content: ReportContent) -> Html:
    if not content.failed_runs:
        return Html("")
    count = len(content.failed_runs)
    head = both(
        f"{count} {'Lauf ist' if count == 1 else 'Läufe sind'} gescheitert und in keiner Zahl enthalten:",
        f"{count} {'run' if count == 1 else 'runs'} failed and {'is' if count == 1 else 'are'} in no figure:",
    )
    runs = [
        both(_run(r.scenario_id, "Startwert", r.seed), _run(r.scenario_id, "seed", r.seed)) for r in content.failed_runs
    ]
    items = [Html(run + tag("span", f": {r.reason}")) for run, r in zip(runs, content.failed_runs, strict=True)]
    return tag("div", tag("p", tag("strong", head)), bullet_list(items), class_="warning")


def _run(scenario_id: str, word: str, seed: int) -> str:
    return f"{scenario_id}, {word} {seed}"
