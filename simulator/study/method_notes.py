"""How the sentences of a study came about, in German and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.study.numbers import Language
    from simulator.study.study_result import StudyResult


def method_notes(result: StudyResult, language: Language) -> tuple[str, ...]:
    """How the sentences of a study came about: pairs, seeds, failures, why it stopped, what the intervals mean."""
    return _notes_german(result) if language == "de" else _notes_english(result)


def _notes_german(result: StudyResult) -> tuple[str, ...]:
    rule, count = result.rule, len(result.seeds)
    notes = [
        (
            f"Jede Variante lief mit denselben {count} Zufallszahlen ({_range(result)}) wie die Grundlage; "
            "verglichen wird Paar für Paar."
        ),
        (
            "Eine Größe gilt nur dann als verändert, wenn das auch bei gleichzeitiger Prüfung aller Größen der "
            "Variante gesichert ist (Holm); die angegebenen Intervalle gelten für jede Größe allein."
        ),
    ]
    if result.stopped_because == "narrow_enough":
        notes.append(f"Beendet nach {count} Zufallszahlen: Das Intervall ist schmal genug.")
    elif rule.n_min < rule.n_max and result.variant_ids:
        notes.append(f"Alle {count} Zufallszahlen sind gelaufen, ohne dass das Intervall schmal genug wurde.")
    if rule.n_min < rule.n_max and result.variant_ids:
        notes.append(
            "Weil nach jedem Schritt nachgesehen wird, ob das Intervall schmal genug ist, enthält es den wahren Wert "
            "etwas seltener als angegeben."
        )
    if result.failed:
        runs = "; ".join(f"{run.scenario_id}, Zufallszahl {run.seed}: {run.reason}" for run in result.failed)
        notes.append(f"Fehlgeschlagene Läufe, deren Paare fehlen: {len(result.failed)} ({runs}).")
    return tuple(notes)


def _notes_english(result: StudyResult) -> tuple[str, ...]:
    rule, count = result.rule, len(result.seeds)
    notes = [
        f"Each variant ran with the same {count} seeds ({_range(result)}) as the base; they are compared pair by pair.",
        (
            "A figure counts as changed only if that holds with all figures of the variant tested together (Holm); the "
            "intervals given are those of each figure alone."
        ),
    ]
    if result.stopped_because == "narrow_enough":
        notes.append(f"Stopped after {count} seeds: the interval is narrow enough.")
    elif rule.n_min < rule.n_max and result.variant_ids:
        notes.append(f"All {count} seeds have run without the interval getting narrow enough.")
    if rule.n_min < rule.n_max and result.variant_ids:
        notes.append(
            "As every step looks whether the interval is narrow enough, it holds the true value a little less often "
            "than stated."
        )
    if result.failed:
        runs = "; ".join(f"{run.scenario_id}, seed {run.seed}: {run.reason}" for run in result.failed)
        notes.append(f"Failed runs, whose pairs are missing: {len(result.failed)} ({runs}).")
    return tuple(notes)


def _range(result: StudyResult) -> str:
    first, last = result.seeds[0], result.seeds[-1]
    return str(first) if first == last else f"{first}–{last}"
