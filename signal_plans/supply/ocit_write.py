"""Write OCIT-C supply XML."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from signal_plans.supply.fingerprint import supply_sha256
from signal_plans.supply.ocit_blocks import BASE, NAMESPACE, ROOT, restore
from signal_plans.supply.ocit_read import read_ocit_c
from signal_plans.supply.ocit_rows import OFFSET_KINDS
from signal_plans.supply.xml_tree import Node, element, leaf, xml_bytes
from traffic_core.errors import FileError, InvalidValueError

if TYPE_CHECKING:
    from signal_plans.supply.detectors import BusRoute, ReportingPoint, SupplyDetector
    from signal_plans.supply.groups import LampStep, SupplyGroup
    from signal_plans.supply.programmes import EndProgramme, GroupLine, OffsetMatrix, SupplyDay, SupplyProgramme
    from signal_plans.supply.supply import JunctionSupply

_KIND_WORDS = {kind: word for word, kind in OFFSET_KINDS.items()}


def write_ocit_c(supply: JunctionSupply) -> bytes:
    """The supply file, UTF-8.

    What was read comes back as the same document.  The file's own checksums are written again only where nothing was
    changed since: they would be wrong otherwise, and only the maker's tool can compute new ones.

    Raises
    ------
    InvalidValueError
        Where an unknown block belongs to an element that was taken out, or what is written would not be read back as
        the same data.
    """
    root = element(f"lsa:{ROOT}", _base(supply))
    if not any(piece.name == "xmlns:lsa" for piece in supply.unknown):
        root.attributes["xmlns:lsa"] = NAMESPACE
    restore(root, supply.unknown, checksums=keeps_checksums(supply))
    written = xml_bytes(root)
    _check_reading_back(supply, written)
    return written


def _check_reading_back(supply: JunctionSupply, written: bytes) -> None:
    """An unknown piece that was changed by hand could hold anything, even a signal group."""
    limit = "must be well-formed pieces of XML that hold nothing of what is read"
    try:
        again = read_ocit_c(written)
    except FileError as error:
        raise InvalidValueError("unknown", str(error), limit) from error
    ordered = replace(supply, days=_days(supply), end_programmes=_ends(supply))
    if _content(again) != _content(ordered):
        raise InvalidValueError("unknown", supply.id, limit)


def _content(supply: JunctionSupply) -> JunctionSupply:
    return replace(supply, unknown=(), imported_sha256="", released=())


def _days(supply: JunctionSupply) -> tuple[SupplyDay, ...]:
    return tuple(sorted(supply.days, key=lambda day: not day.standard))


def _ends(supply: JunctionSupply) -> tuple[EndProgramme, ...]:
    return tuple(sorted(supply.end_programmes, key=lambda end: not end.switches_on))


def keeps_checksums(supply: JunctionSupply) -> bool:
    """Whether the data are those of the file they were read from, so that its own checksums still hold."""
    return supply.imported_sha256 == supply_sha256(supply)


def _base(supply: JunctionSupply) -> Node:
    plans = _list("TagesplanListe", [_day(day) for day in _days(supply)])
    ends = [_end(programme) for programme in _ends(supply)]
    times = [
        element("ZwiZt", leaf("Raeumer", time.clearing), leaf("Einfahrer", time.entering), leaf("T", time.seconds))
        for time in supply.intergreens
    ]
    conflicts = [element("Unvertraeglichkeit", leaf("SGr1", a), leaf("SGr2", b)) for a, b in supply.incompatible]
    return element(
        f"lsa:{BASE}",
        element("DateiVersion", leaf("VersionDokument", supply.version)),
        element("Kopfdaten", leaf("Kurzbezeichnung", supply.id), leaf("Name", supply.name)),
        _list("EingangListe", [_detector(detector) for detector in supply.detectors]),
        _list("OeVMeldepunktListe", [_point(point) for point in supply.reporting_points]),
        _list("OeVMeldestreckeListe", [_route(route) for route in supply.bus_routes]),
        element("Schaltuhr", plans) if plans else None,
        _list("SignalgruppeListe", [_group(group) for group in supply.groups]),
        _list("SignalprogrammListe", [*(_programme(programme) for programme in supply.programmes), *ends]),
        _list("Unvertraeglichkeitsmatrix", conflicts),
        _list("VersatzzeitenmatrixListe", [_offsets(matrix) for matrix in supply.offset_matrices]),
        element("ZwischenzeitenmatrixListe", element("SicherheitsrelevanteZwischenzeitenmatrix", *times)),
    )


def _list(tag: str, children: list[Node]) -> Node | None:
    return element(tag, *children) if children else None


def _detector(detector: SupplyDetector) -> Node:
    groups = (leaf("ZugeordneteSignalgruppe", group) for group in detector.groups)
    return element("Eingang", leaf("BezeichnungKurz", detector.id), leaf("Bauart", detector.build), *groups)


def _point(point: ReportingPoint) -> Node:
    number = leaf("Meldepunktnummer", point.number)
    serial = element("SeriellerMeldepunkt", number) if number else None
    return element("OeVMeldepunkt", leaf("BezeichnungKurz", point.id), serial)


def _route(route: BusRoute) -> Node:
    points = [
        element(
            "Meldepunkt",
            leaf("Bezeichnung", point.id),
            leaf("OeVMeldepunkt", point.point),
            leaf("AbstandZuHaltlinie", point.distance_m),
        )
        for point in route.points
    ]
    memories = []
    for memory, calls in groupby(route.calls, key=lambda call: call.memory):
        values = [
            element(
                "MPWerte",
                leaf("Meldepunkt", call.point),
                leaf("Funktion", call.function),
                leaf("TheoFahrzeit", call.travel_s),
            )
            for call in calls
        ]
        memories.append(element("OeVSpeicherInstanz", leaf("Bezeichnung", memory), *values))
    target = element("Wirkungsziel", leaf("Bezeichnung", route.target))
    name = leaf("BezeichnungKurz", route.id)
    return element("OeVMeldestrecke", name, *points, target, _list("OeVSpeicher", memories))


def _day(day: SupplyDay) -> Node:
    commands = [
        element(
            "Befehl",
            leaf("Uhrzeit", f"{second // 3_600:02}:{second // 60 % 60:02}:{second % 60:02}"),
            leaf("Programm", programme),
        )
        for second, programme in day.commands
    ]
    return element("StandardTagesplan" if day.standard else "Tagesplan", leaf("BezeichnungKurz", day.id), *commands)


def _group(group: SupplyGroup) -> Node:
    pictures = element(
        "ZulaessigeSignalbilder",
        element("Frei", leaf("Standard", group.open_code)),
        element("Gesperrt", leaf("Standard", group.closed_code)),
    )
    return element(
        "Signalgruppe",
        leaf("BezeichnungKurz", group.id),
        pictures,
        leaf("MindestFreigabe", group.min_green_s),
        leaf("MindestGesperrt", group.min_red_s),
        _list("AnwurfUebergang", _steps(group.opening)),
        _list("AbwurfUebergang", _steps(group.closing)),
        leaf("Verkehrsart", group.traffic),
    )


def _steps(steps: tuple[LampStep, ...]) -> list[Node]:
    return [
        element("Uebergangselement", leaf("Signalbild", step.code), leaf("Zeitdauer", step.seconds)) for step in steps
    ]


def _programme(programme: SupplyProgramme) -> Node:
    head = element(
        "SPKopfzeile",
        leaf("TU", programme.cycle_s),
        leaf("EP", programme.on_second),
        leaf("AP", programme.off_second),
        leaf("UP", programme.change_second),
        leaf("SignalzeitenVersatz", programme.offset_s),
        leaf("EProgramm", programme.on_programme),
        leaf("AProgramm", programme.off_programme),
    )
    matrices = (leaf("VersatzzeitMatrix", matrix) for matrix in programme.offset_matrices)
    lines = (_line("SPZeile", line, "Signalbild") for line in programme.lines)
    return element("Signalprogramm", leaf("BezeichnungKurz", programme.id), *matrices, head, *lines)


def _end(programme: EndProgramme) -> Node:
    lines = (_line("EAZeile", line, "SignalbildBitcode") for line in programme.lines)
    tag = "Einschaltprogramm" if programme.switches_on else "Ausschaltprogramm"
    return element(tag, leaf("BezeichnungKurz", programme.id), leaf("Dauer", programme.duration_s), *lines)


def _line(tag: str, line: GroupLine, picture: str) -> Node:
    switches = (
        element("Schaltzeit", leaf("Schaltzeitpunkt", switch.second), leaf(picture, switch.code))
        for switch in line.switches
    )
    return element(tag, leaf("Signalgruppe", line.group), leaf("StartSignalbild", line.start_code), *switches)


def _offsets(matrix: OffsetMatrix) -> Node:
    conditions = (
        element(
            "Zeit",
            leaf("SGrBasis", condition.base),
            leaf("SGrAbhaengig", condition.dependent),
            leaf("Wert", condition.seconds),
            leaf("Operator", condition.operator),
        )
        for condition in matrix.conditions
    )
    return element(
        "Versatzzeitenmatrix", leaf("BezeichnungKurz", matrix.id), leaf("Art", _KIND_WORDS[matrix.kind]), *conditions
    )
