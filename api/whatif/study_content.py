"""What a study found, as the content of its report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.planning.results.courses import places_of
from api.whatif.measure_names import Names
from api.whatif.measure_words import links_of, words_of
from api.whatif.report.content import (
    FailedRun,
    MapPlace,
    ReportContent,
    ScenarioContent,
    VariantContent,
    Words,
)
from api.whatif.study_links import shown_links
from api.whatif.study_parts import approaches_of, car_parks_of, comparison_rows
from api.whatif.study_tables import entered_veh, half_widths, scenario_tables
from simulator.results.run_result import INTERVAL_S
from simulator.study.method_notes import method_notes
from simulator.study.sentences import sentences
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from api.town import ModelInfo
    from api.whatif.study_links import ShownLinks
    from simulator.results.run_result import RunResult
    from simulator.scenario.document import Measure
    from simulator.study.running import Prepared
    from simulator.study.study_result import StudyResult
    from traffic_core.network import NodeControl

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A study and all that a report says of it.  `result` must have mean tables."""

    info: ModelInfo
    base: Prepared
    variants: tuple[Prepared, ...]
    result: StudyResult
    read: Callable[[str, int], RunResult | None]
    """A run by scenario and seed"""
    software_version: str
    commands: tuple[str, ...]

    @property
    def scenarios(self) -> tuple[Prepared, ...]:
        """The base, then the variants."""
        return (self.base, *self.variants)


def content_of(study: Study) -> ReportContent:
    """The content of the report.

    Raises
    ------
    InvalidValueError
        Where tables are not those of the scenarios.
    """
    base, result, info = study.base, study.result, study.info
    model = base.base.network
    shown = shown_links(model, [prepared.staged.model.network for prepared in study.scenarios])
    widths = _half_widths(study, shown)
    west, south, east, north = info.bbox
    begin_s = base.staged.start_s
    return ReportContent(
        title=_title(study),
        town=info.name,
        model_label=Words(de=info.label_de, en=info.label_en),
        attribution=tuple(info.attribution),
        licence=info.licence,
        timezone=info.timezone,
        begin_s=begin_s,
        end_s=begin_s + base.staged.duration_s,
        interval_s=INTERVAL_S,
        seeds=len(result.mean_seeds),
        failed_runs=tuple(
            FailedRun(scenario_id=run.scenario_id, seed=run.seed, reason=run.reason) for run in result.failed
        ),
        stopped_because=_stopped(result),
        software_version=study.software_version,
        commands=study.commands,
        links=shown.shapes,
        box=(west, south, east, north),
        approaches=approaches_of(model, base.staged.model.network, (west, south, east, north)),
        car_parks=car_parks_of([prepared.staged.model for prepared in study.scenarios]),
        base=_scenario(base, study, shown),
        variants=tuple(_variant(variant, study, shown, widths[variant.scenario.id]) for variant in study.variants),
        places=tuple(
            MapPlace(name=place.name, position=place.position)
            for place in places_of(model, base.base.demand.zones.values())
        ),
        notes=_notes(study),
    )


def _title(study: Study) -> Words:
    base = study.base.scenario
    if len(study.variants) == 1:
        variant = study.variants[0].scenario
        return Words(
            de=f"{variant.title_de} – verglichen mit: {base.title_de}",
            en=f"{variant.title_en} – compared with: {base.title_en}",
        )
    count = len(study.variants)
    return Words(de=f"{base.title_de}: {count} Varianten", en=f"{base.title_en}: {count} variants")


def _stopped(result: StudyResult) -> Words:
    """How the study was judged and why it ended; failed runs and the pairs are told elsewhere."""
    said = [method_notes(result, language)[1:] for language in ("de", "en")]
    de, en = (notes[:-1] if result.failed else notes for notes in said)
    return Words(de=" ".join(de), en=" ".join(en))


def _notes(study: Study) -> tuple[Words, ...]:
    said = study.info.notes
    notes = [Words(de=note, en=note) for note in ([said] if isinstance(said, str) else said)]
    for prepared in study.scenarios:
        title = prepared.scenario
        notes += [
            Words(de=f"Quelle zu „{title.title_de}“: {source}", en=f"Source of “{title.title_en}”: {source}")
            for source in title.sources
        ]
        notes += [
            Words(de=f"Hinweis zu „{title.title_de}“: {warning}", en=f"Note on “{title.title_en}”: {warning}")
            for warning in prepared.warnings
        ]
    if any(_controls(study.base) != _controls(variant) for variant in study.variants):
        notes.append(
            Words(
                de="Zufahrten, deren Knotenpunkt in einer Variante anders geregelt ist, werden auch dort nach der "
                "Regelung der Basis eingestuft.",
                en="Approaches whose junction has another control in a variant are rated by the control of the base "
                "there, too.",
            )
        )
    return tuple(notes)


def _controls(prepared: Prepared) -> dict[str, NodeControl]:
    nodes = prepared.staged.model.network.nodes.values()
    return {node.id: node.control for node in nodes if node.id in prepared.base.network.nodes}


def _scenario(prepared: Prepared, study: Study, shown: ShownLinks) -> ScenarioContent:
    scenario, after = prepared.scenario, prepared.staged.model
    return ScenarioContent(
        id=scenario.id,
        title=Words(de=scenario.title_de, en=scenario.title_en),
        description=Words(de=scenario.description_de, en=scenario.description_en),
        measures=_measures(prepared, study.base),
        fingerprint=prepared.fingerprint,
        tables=scenario_tables(study.result.mean_tables[scenario.id], shown, prepared.base.network, after.network),
    )


def _own(prepared: Prepared, base: Prepared) -> tuple[Measure, ...]:
    """Measures that the base does not have; of the base itself all."""
    shared = [] if prepared is base else [(placed.place, placed.measure) for placed in base.scenario.measures]
    return tuple(
        placed.measure for placed in prepared.scenario.measures if (placed.place, placed.measure) not in shared
    )


def _measures(prepared: Prepared, base: Prepared) -> tuple[Words, ...]:
    """One sentence each; those that a variant takes over from the base are told there."""
    names, own = Names(prepared.base, prepared.staged.model), _own(prepared, base)
    taken, of_base = len(prepared.scenario.measures) - len(own), len(base.scenario.measures)
    if taken not in {0, of_base}:
        own, taken = tuple(placed.measure for placed in prepared.scenario.measures), 0
    told = tuple(words_of(measure, names) for measure in own)
    return (Words(de="Alle Maßnahmen der Basis.", en="All measures of the base."), *told) if taken else told


def _variant(prepared: Prepared, study: Study, shown: ShownLinks, half_width: Floats | None) -> VariantContent:
    id_, result = prepared.scenario.id, study.result
    comparisons, confidence = result.comparisons[id_], result.rule.confidence
    names = Names(prepared.base, prepared.staged.model)
    marked = [link for measure in _own(prepared, study.base) for link in links_of(measure, names)]
    said = zip(sentences(comparisons, confidence, "de"), sentences(comparisons, confidence, "en"), strict=True)
    return VariantContent(
        scenario=_scenario(prepared, study, shown),
        rows=comparison_rows(comparisons, result.estimates[result.base_id], result.estimates[id_]),
        sentences=tuple(Words(de=de, en=en) for de, en in said),
        marked_links=tuple(dict.fromkeys(marked)),
        entered_half_width_veh=half_width,
    )


def _half_widths(study: Study, shown: ShownLinks) -> dict[str, Floats | None]:
    """Half intervals of the differences of the volumes by variant, over the seeds without a failure."""
    differences: dict[str, list[Floats]] = {variant.scenario.id: [] for variant in study.variants}
    for seed in study.result.mean_seeds:
        base = _volumes(study, study.base, seed, shown)
        for variant in study.variants:
            differences[variant.scenario.id].append(_volumes(study, variant, seed, shown) - base)
    return {id_: half_widths(each, study.result.rule.confidence) for id_, each in differences.items()}


def _volumes(study: Study, prepared: Prepared, seed: int, shown: ShownLinks) -> Floats:
    run = study.read(prepared.scenario.id, seed)
    if run is None:
        raise InvalidValueError(f"run[{prepared.scenario.id}, {seed}]", None, "vanished; start again to repeat it")
    return entered_veh(run.tables["link"], shown, prepared.base.network, prepared.staged.model.network)
