"""Single elements of OCIT-C supply XML as supply data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from signal_plans.supply.detectors import BusCall, BusRoute, ReportingPoint, RoutePoint, SupplyDetector
from signal_plans.supply.groups import LampStep, SupplyGroup
from signal_plans.supply.programmes import (
    EndProgramme,
    GroupLine,
    OffsetCondition,
    OffsetKind,
    OffsetMatrix,
    SupplyDay,
    SupplyProgramme,
    Switch,
)

if TYPE_CHECKING:
    from signal_plans.supply.xml_tree import Node

_GROUP = "a signal group of the junction"
OFFSET_KINDS = {
    "BeginnBeginn": OffsetKind.BEGIN_BEGIN,
    "BeginnEnde": OffsetKind.BEGIN_END,
    "EndeBeginn": OffsetKind.END_BEGIN,
    "EndeEnde": OffsetKind.END_END,
}
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])")


def group(node: Node) -> SupplyGroup:
    """A Signalgruppe."""
    pictures = node.one("ZulaessigeSignalbilder")
    with node.checked():
        return SupplyGroup(
            id=node.content("BezeichnungKurz"),
            traffic=node.content("Verkehrsart"),
            open_code=pictures.one("Frei").content("Standard"),
            closed_code=pictures.one("Gesperrt").content("Standard"),
            min_green_s=node.whole("MindestFreigabe"),
            min_red_s=node.whole("MindestGesperrt"),
            opening=_steps(node.maybe("AnwurfUebergang")),
            closing=_steps(node.maybe("AbwurfUebergang")),
        )


def _steps(node: Node | None) -> tuple[LampStep, ...]:
    elements = [] if node is None else node.all("Uebergangselement")
    return tuple(LampStep(code=step.content("Signalbild"), seconds=step.whole("Zeitdauer")) for step in elements)


def conflict(node: Node, known: list[str]) -> tuple[str, str]:
    """An Unvertraeglichkeit."""
    return node.reference("SGr1", known, _GROUP), node.reference("SGr2", known, _GROUP)


def programme(node: Node, known: list[str]) -> SupplyProgramme:
    """A Signalprogramm."""
    head = node.one("SPKopfzeile")
    with node.checked():
        return SupplyProgramme(
            id=node.content("BezeichnungKurz"),
            cycle_s=head.whole("TU"),
            on_second=head.whole_or_none("EP"),
            off_second=head.whole_or_none("AP"),
            change_second=head.whole_or_none("UP"),
            offset_s=head.whole_or_none("SignalzeitenVersatz"),
            on_programme=head.content_or("EProgramm"),
            off_programme=head.content_or("AProgramm"),
            offset_matrices=tuple(matrix.text for matrix in node.all("VersatzzeitMatrix")),
            lines=tuple(_line(line, known, "Signalbild") for line in node.all("SPZeile")),
        )


def end_programme(node: Node, known: list[str]) -> EndProgramme:
    """An Einschaltprogramm or Ausschaltprogramm."""
    with node.checked():
        return EndProgramme(
            id=node.content("BezeichnungKurz"),
            switches_on=node.tag == "Einschaltprogramm",
            duration_s=node.whole("Dauer"),
            lines=tuple(_line(line, known, "SignalbildBitcode") for line in node.all("EAZeile")),
        )


def _line(node: Node, known: list[str], picture: str) -> GroupLine:
    return GroupLine(
        group=node.reference("Signalgruppe", known, _GROUP),
        start_code=node.content_or("StartSignalbild"),
        switches=tuple(
            Switch(second=switch.whole("Schaltzeitpunkt"), code=switch.content(picture))
            for switch in node.all("Schaltzeit")
        ),
    )


def offset_matrix(node: Node, known: list[str]) -> OffsetMatrix:
    """A Versatzzeitenmatrix."""
    kind = node.reference("Art", OFFSET_KINDS, "a kind of offset: " + ", ".join(OFFSET_KINDS))
    with node.checked():
        return OffsetMatrix(
            id=node.content("BezeichnungKurz"),
            kind=OFFSET_KINDS[kind],
            conditions=tuple(
                OffsetCondition(
                    base=time.reference("SGrBasis", known, _GROUP),
                    dependent=time.reference("SGrAbhaengig", known, _GROUP),
                    seconds=time.whole("Wert"),
                    operator=time.content("Operator"),
                )
                for time in node.all("Zeit")
            ),
        )


def detector(node: Node, known: list[str]) -> SupplyDetector:
    """An Eingang."""
    groups = node.all("ZugeordneteSignalgruppe")
    for named in groups:
        if named.text not in known:
            raise named.error("", named.text, f"must name {_GROUP}")
    with node.checked():
        return SupplyDetector(
            id=node.content("BezeichnungKurz"),
            build=node.content_or("Bauart"),
            groups=tuple(named.text for named in groups),
        )


def reporting_point(node: Node) -> ReportingPoint:
    """An OeVMeldepunkt."""
    serial = node.maybe("SeriellerMeldepunkt")
    with node.checked():
        number = None if serial is None else serial.whole_or_none("Meldepunktnummer")
        return ReportingPoint(id=node.content("BezeichnungKurz"), number=number)


def bus_route(node: Node, known: list[str]) -> BusRoute:
    """An OeVMeldestrecke."""
    memory = node.maybe("OeVSpeicher")
    instances = [] if memory is None else memory.all("OeVSpeicherInstanz")
    with node.checked():
        return BusRoute(
            id=node.content("BezeichnungKurz"),
            target=node.one("Wirkungsziel").reference("Bezeichnung", known, _GROUP),
            points=tuple(
                RoutePoint(
                    id=point.content("Bezeichnung"),
                    point=point.content("OeVMeldepunkt"),
                    distance_m=point.whole("AbstandZuHaltlinie"),
                )
                for point in node.all("Meldepunkt")
            ),
            calls=tuple(
                BusCall(
                    memory=instance.content("Bezeichnung"),
                    point=call.content("Meldepunkt"),
                    function=call.content("Funktion"),
                    travel_s=call.whole("TheoFahrzeit"),
                )
                for instance in instances
                for call in instance.all("MPWerte")
            ),
        )


def day(node: Node) -> SupplyDay:
    """A Tagesplan."""
    commands = []
    for command in node.all("Befehl"):
        clock = _CLOCK.fullmatch(command.content("Uhrzeit"))
        if clock is None:
            raise command.one("Uhrzeit").error(
                "", command.content("Uhrzeit"), "must be a time HH:MM:SS before 24:00:00"
            )
        hours, minutes, seconds = (int(part) for part in clock.groups())
        commands.append((hours * 3_600 + minutes * 60 + seconds, command.content_or("Programm")))
    with node.checked():
        standard = node.tag == "StandardTagesplan"
        return SupplyDay(id=node.content("BezeichnungKurz"), standard=standard, commands=tuple(commands))
