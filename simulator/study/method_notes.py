"""How the sentences of a study came about, in German and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.results.run_result import FIGURES

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
            f"Jede Variante lief mit denselben {count} Startwerten ({_range(result)}) wie die Basis; "
            "verglichen wird Paar für Paar."
        ),
        (
            f"Die Hauptgröße ({_labels(rule.figure)[0]}) wird für sich beurteilt; jede andere gilt nur dann als "
            "verändert, wenn das auch bei gleichzeitiger Prüfung dieser Größen gesichert ist (Holm). Die angegebenen "
            "Intervalle gelten für jede Größe allein."
        ),
    ]
    if result.stopped_because == "narrow_enough":
        notes.append(f"Beendet nach {count} Startwerten: Das Intervall ist schmal genug.")
    elif rule.n_min < rule.n_max and result.variant_ids:
        notes.append(f"Alle {count} Startwerte sind gelaufen, ohne dass das Intervall schmal genug wurde.")
    if rule.n_min < rule.n_max and result.variant_ids:
        notes.append(
            "Weil nach jedem Schritt nachgesehen wird, ob das Intervall schmal genug ist, enthält es den wahren Wert "
            "etwas seltener als angegeben."
        )
    if result.failed:
        runs = "; ".join(f"{run.scenario_id}, Startwert {run.seed}: {run.reason}" for run in result.failed)
        notes.append(f"Fehlgeschlagene Läufe, deren Paare fehlen: {len(result.failed)} ({runs}).")
    return tuple(notes)


def _notes_english(result: StudyResult) -> tuple[str, ...]:
    rule, count = result.rule, len(result.seeds)
    notes = [
        f"Each variant ran with the same {count} seeds ({_range(result)}) as the base; they are compared pair by pair.",
        (
            f"The main figure ({_labels(rule.figure)[1]}) is judged alone; any other counts as changed only if "
            "that holds with all of those tested together (Holm). The intervals given are those of each figure alone."
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


def _labels(name: str) -> tuple[str, str]:
    """German and English label of a figure; its name where nobody gave it one."""
    return next(((figure.label_de, figure.label_en) for figure in FIGURES if figure.name == name), (name, name))
