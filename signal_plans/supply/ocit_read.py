"""Read OCIT-C supply XML."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from signal_plans.supply import ocit_rows as rows
from signal_plans.supply.fingerprint import supply_sha256
from signal_plans.supply.ocit_blocks import BASE, NAMESPACE, ROOT, is_checksums, separate
from signal_plans.supply.supply import Intergreen, JunctionSupply
from signal_plans.supply.xml_tree import Node, parse_xml
from traffic_core.errors import FileError

if TYPE_CHECKING:
    from signal_plans.supply.programmes import SupplyDay
    from signal_plans.supply.supply import UnknownXml

MOST_BYTES = 50_000_000
_CHECKSUM = re.compile(r"<ChecksummeWert>([^<]*)</ChecksummeWert>")
_SHA_1 = re.compile(r"[0-9A-Fa-f]{40}")


def read_ocit_c(source: Path | bytes, file: str = "supply.xml") -> JunctionSupply:
    """Read the supply of one junction; `file` names bytes in messages.

    Blocks that are not read are kept with their places.  The file's own checksums are kept and looked at for their
    form only: how their makers compute them is not published.

    Raises
    ------
    FileError
        Names file, line, element, value and limit.
    """
    if isinstance(source, Path):
        file = source.name
        try:
            data = source.read_bytes()
        except OSError as error:
            raise FileError(file, 0, "file", str(source), f"must be readable ({error.strerror})") from error
    else:
        data = source
    if len(data) > MOST_BYTES:
        raise FileError(file, 0, "file", len(data), f"must have at most {MOST_BYTES} bytes")
    root = parse_xml(data, file)
    if root.local != ROOT:
        raise FileError(file, root.line, "root", root.tag, f"must be {ROOT}, the root of OCIT-C supply data")
    _check_namespaces(root)
    kept, unknown = separate(root)
    _check_checksums(unknown, file)
    supply = _supply(kept, unknown)
    return replace(supply, imported_sha256=supply_sha256(supply))


def document_checksums(supply: JunctionSupply) -> tuple[str, ...]:
    """The file's own checksums as it states them, in their order."""
    lists = [piece.xml for piece in supply.unknown if is_checksums(piece)]
    return tuple(value for xml in lists for value in _CHECKSUM.findall(xml))


def _check_namespaces(root: Node) -> None:
    """The base block must be there, and its prefix must be the one the file is written with again."""
    if root.tag != f"lsa:{ROOT}" or root.attributes.get("xmlns:lsa") != NAMESPACE:
        limit = f"must be lsa:{ROOT} with xmlns:lsa = {NAMESPACE}"
        raise root.error("xmlns", root.attributes.get("xmlns:lsa"), limit)
    bases = [child for child in root.children if child.local == BASE]
    if len(bases) != 1 or bases[0].tag != f"lsa:{BASE}":
        raise root.error(f"lsa:{BASE}", len(bases), "must stand exactly once")


def _check_checksums(unknown: tuple[UnknownXml, ...], file: str) -> None:
    for piece in unknown:
        if is_checksums(piece):
            for value in _CHECKSUM.findall(piece.xml):
                if not _SHA_1.fullmatch(value):
                    raise FileError(file, 0, "ChecksummeWert", value, "must be 40 hexadecimal digits (SHA-1)")


def _supply(root: Node, unknown: tuple[UnknownXml, ...]) -> JunctionSupply:
    base = root.one(f"lsa:{BASE}")
    head = base.one("Kopfdaten")
    groups = tuple(rows.group(node) for node in base.one("SignalgruppeListe").all("Signalgruppe"))
    known = [group.id for group in groups]
    programme_list = base.one("SignalprogrammListe")
    conflicts = base.one("Unvertraeglichkeitsmatrix")
    times = base.one("ZwischenzeitenmatrixListe").one("SicherheitsrelevanteZwischenzeitenmatrix")
    _check_once(base)
    with base.checked():
        return JunctionSupply(
            id=head.content("Kurzbezeichnung"),
            name=head.content_or("Name"),
            version=base.one("DateiVersion").content("VersionDokument"),
            groups=groups,
            incompatible=tuple(rows.conflict(node, known) for node in conflicts.all("Unvertraeglichkeit")),
            intergreens=tuple(_intergreen(node, known) for node in times.all("ZwiZt")),
            programmes=tuple(rows.programme(node, known) for node in programme_list.all("Signalprogramm")),
            end_programmes=tuple(
                rows.end_programme(node, known)
                for tag in ("Einschaltprogramm", "Ausschaltprogramm")
                for node in programme_list.all(tag)
            ),
            offset_matrices=tuple(
                rows.offset_matrix(node, known)
                for node in _children(base, "VersatzzeitenmatrixListe", "Versatzzeitenmatrix")
            ),
            detectors=tuple(rows.detector(node, known) for node in _children(base, "EingangListe", "Eingang")),
            reporting_points=tuple(
                rows.reporting_point(node) for node in _children(base, "OeVMeldepunktListe", "OeVMeldepunkt")
            ),
            bus_routes=tuple(
                rows.bus_route(node, known) for node in _children(base, "OeVMeldestreckeListe", "OeVMeldestrecke")
            ),
            days=_days(base),
            unknown=unknown,
        )


def _check_once(base: Node) -> None:
    for child in base.children:
        base.maybe(child.tag)


def _intergreen(node: Node, known: list[str]) -> Intergreen:
    clearing = node.reference("Raeumer", known, "a signal group of the junction")
    entering = node.reference("Einfahrer", known, "a signal group of the junction")
    with node.checked():
        return Intergreen(clearing=clearing, entering=entering, seconds=node.whole("T"))


def _children(base: Node, list_tag: str, tag: str) -> list[Node]:
    found = base.maybe(list_tag)
    return [] if found is None else found.all(tag)


def _days(base: Node) -> tuple[SupplyDay, ...]:
    clock = base.maybe("Schaltuhr")
    plans = None if clock is None else clock.maybe("TagesplanListe")
    if plans is None:
        return ()
    return tuple(rows.day(node) for tag in ("StandardTagesplan", "Tagesplan") for node in plans.all(tag))
