"""Read a scenario file, and those it extends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from simulator.scenario.problems import Findings, Place
from simulator.scenario.scenario import PlacedMeasure, Scenario, minutes_of
from simulator.scenario.wording import document_of
from simulator.staged import Devices
from traffic_core.errors import FileError
from traffic_core.plain_yaml import read_plain_yaml_file

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.scenario.document import ScenarioDocument

DEFAULT_WARM_UP_MIN = 30.0
DEFAULT_KAPPA = 0.2
DEFAULT_STEP_S = 1.0
MOST_FILES = 20
"""That one scenario may extend."""

_T = TypeVar("_T")


def load_scenario(path: Path) -> Scenario:
    """Read a scenario and what it extends; keys of the file itself win, its measures come last.

    Raises
    ------
    ScenarioError
        Lists everything that is wrong with the values of the files.
    FileError
        Where a file cannot be read, is no YAML or no mapping, or files extend each other in a circle.
    """
    findings = Findings()
    chain: list[tuple[Path, ScenarioDocument]] = []
    following: Path | None = path
    while following is not None:
        if following.resolve() in {file.resolve() for file, _ in chain}:
            raise FileError(chain[-1][0].name, 0, "extends", following.name, "must not lead back to the same file")
        if len(chain) > MOST_FILES:
            raise FileError(path.name, 0, "extends", following.name, f"must end after {MOST_FILES} files")
        document = document_of(_content(following), following.name, findings)
        if document is None:
            break
        chain.append((following, document))
        following = following.parent / document.extends if document.extends else None
    findings.check()
    return _joined(chain, findings)


def _content(path: Path) -> dict[str, Any]:
    content, _ = read_plain_yaml_file(path)
    if not isinstance(content, dict):
        raise FileError(path.name, 0, "file", path.name, "must be a mapping of keys like id, title_de, day, measures")
    return content


def _joined(chain: list[tuple[Path, ScenarioDocument]], findings: Findings) -> Scenario:
    documents = [document for _, document in chain]
    own = documents[0]
    place = Place(file=chain[0][0].name)
    day = _first([document.day for document in documents])
    start, end = (_first([getattr(document, name) for document in documents]) for name in ("from_", "until"))
    for field, value in (("day", day), ("from", start), ("until", end)):
        if value is None:
            findings.add(place, field, None, "must be given, here or in a scenario that it extends")
    if start is not None and end is not None and minutes_of(start) >= minutes_of(end):
        findings.add(place, "until", end, f"must be after from = {start!r}")
    warm_up_min = _first([document.warm_up_min for document in documents], DEFAULT_WARM_UP_MIN)
    if (warm_up_min * 60.0) % 1.0:
        findings.add(place, "warm_up_min", warm_up_min, "must be whole seconds")
    findings.check()
    devices = _first([document.devices for document in documents])
    model = next((file.parent / document.model for file, document in chain if document.model is not None), None)
    return Scenario(
        id=own.id,
        place=place,
        title_de=own.title_de,
        title_en=own.title_en,
        description_de=_first([document.description_de for document in documents], ""),
        description_en=_first([document.description_en for document in documents], ""),
        sources=tuple(dict.fromkeys(text for document in reversed(documents) for text in document.sources or ())),
        model=model,
        day=day,
        from_min=minutes_of(start),
        until_min=minutes_of(end),
        warm_up_s=warm_up_min * 60.0,
        kappa=_first([document.kappa for document in documents], DEFAULT_KAPPA),
        centre=_first([document.centre for document in documents], True),
        devices=Devices(**devices.model_dump()) if devices else Devices(),
        step_s=_first([document.step_s for document in documents], DEFAULT_STEP_S),
        measures=tuple(
            PlacedMeasure(
                place=Place(file=file.name, number=number, kind=measure.measure), folder=file.parent, measure=measure
            )
            for file, document in reversed(chain)
            for number, measure in enumerate(document.measures, start=1)
        ),
    )


def _first(values: list[_T | None], default: _T | None = None) -> Any:
    """The first value that is given; the file itself comes before what it extends."""
    return next((value for value in values if value is not None), default)
