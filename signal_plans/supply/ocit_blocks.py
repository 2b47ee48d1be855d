"""Which elements of an OCIT-C supply file are read, and how all others come back to their places."""

from __future__ import annotations

from typing import Any

from signal_plans.supply.supply import UnknownXml
from signal_plans.supply.xml_tree import Node, raw
from traffic_core.errors import InvalidValueError

ROOT = "OIVD"
BASE = "GrundversorgungsdatenLSA"
CHECKSUMS = "ChecksummeListe"
NAMESPACE = "http://odg_und_partner/intersection_config_data"


def _leaves(*tags: str) -> dict[str, Any]:
    return {tag: {} for tag in tags}


_STEPS: dict[str, Any] = {"Uebergangselement": _leaves("Signalbild", "Zeitdauer")}
_END_LINES: dict[str, Any] = {
    **_leaves("BezeichnungKurz", "Dauer"),
    "EAZeile": {
        **_leaves("Signalgruppe", "StartSignalbild"),
        "Schaltzeit": _leaves("Schaltzeitpunkt", "SignalbildBitcode"),
    },
}
_DAY: dict[str, Any] = {**_leaves("BezeichnungKurz"), "Befehl": _leaves("Uhrzeit", "Programm")}

KNOWN: dict[str, Any] = {
    "DateiVersion": _leaves("VersionDokument"),
    "Kopfdaten": _leaves("Kurzbezeichnung", "Name"),
    "EingangListe": {"Eingang": _leaves("BezeichnungKurz", "Bauart", "ZugeordneteSignalgruppe")},
    "OeVMeldepunktListe": {
        "OeVMeldepunkt": {**_leaves("BezeichnungKurz"), "SeriellerMeldepunkt": _leaves("Meldepunktnummer")}
    },
    "OeVMeldestreckeListe": {
        "OeVMeldestrecke": {
            **_leaves("BezeichnungKurz"),
            "Meldepunkt": _leaves("Bezeichnung", "OeVMeldepunkt", "AbstandZuHaltlinie"),
            "Wirkungsziel": _leaves("Bezeichnung"),
            "OeVSpeicher": {
                "OeVSpeicherInstanz": {
                    **_leaves("Bezeichnung"),
                    "MPWerte": _leaves("Meldepunkt", "Funktion", "TheoFahrzeit"),
                }
            },
        }
    },
    "Schaltuhr": {"TagesplanListe": {"StandardTagesplan": _DAY, "Tagesplan": _DAY}},
    "SignalgruppeListe": {
        "Signalgruppe": {
            **_leaves("BezeichnungKurz", "MindestFreigabe", "MindestGesperrt", "Verkehrsart"),
            "ZulaessigeSignalbilder": {"Frei": _leaves("Standard"), "Gesperrt": _leaves("Standard")},
            "AnwurfUebergang": _STEPS,
            "AbwurfUebergang": _STEPS,
        }
    },
    "SignalprogrammListe": {
        "Signalprogramm": {
            **_leaves("BezeichnungKurz", "VersatzzeitMatrix"),
            "SPKopfzeile": _leaves("TU", "EP", "AP", "UP", "SignalzeitenVersatz", "EProgramm", "AProgramm"),
            "SPZeile": {**_leaves("Signalgruppe"), "Schaltzeit": _leaves("Schaltzeitpunkt", "Signalbild")},
        },
        "Einschaltprogramm": _END_LINES,
        "Ausschaltprogramm": _END_LINES,
    },
    "Unvertraeglichkeitsmatrix": {"Unvertraeglichkeit": _leaves("SGr1", "SGr2")},
    "VersatzzeitenmatrixListe": {
        "Versatzzeitenmatrix": {
            **_leaves("BezeichnungKurz", "Art"),
            "Zeit": _leaves("SGrBasis", "SGrAbhaengig", "Wert", "Operator"),
        }
    },
    "ZwischenzeitenmatrixListe": {
        "SicherheitsrelevanteZwischenzeitenmatrix": {"ZwiZt": _leaves("Raeumer", "Einfahrer", "T")}
    },
}
"""Elements that are read, below the base block.  What is not here is kept as it is."""

_NAMES = {
    "SPZeile": ("Signalgruppe",),
    "EAZeile": ("Signalgruppe",),
    "Schaltzeit": ("Schaltzeitpunkt",),
    "Unvertraeglichkeit": ("SGr1", "SGr2"),
    "ZwiZt": ("Raeumer", "Einfahrer"),
    "Zeit": ("SGrBasis", "SGrAbhaengig"),
    "Befehl": ("Uhrzeit",),
    "Meldepunkt": ("Bezeichnung",),
    "OeVSpeicherInstanz": ("Bezeichnung",),
    "MPWerte": ("Meldepunkt",),
    "Uebergangselement": ("Signalbild",),
}
"""Children whose texts name an element among its like; of all others BezeichnungKurz does."""


def _step(node: Node) -> str:
    """Name of an element within its parent: it stays the same when others come and go."""
    if node.local in {ROOT, BASE}:
        return node.local
    names = [node.content_or(tag) for tag in _NAMES.get(node.tag, ("BezeichnungKurz",)) if node.all(tag)]
    return f"{node.tag}[{','.join(names)}]" if names else node.tag


def separate(root: Node) -> tuple[Node, tuple[UnknownXml, ...]]:
    """Split a document: the elements that are read, and all others with their places."""
    unknown: list[UnknownXml] = []
    kept = _separate(root, {BASE: KNOWN}, root.local, unknown)
    return kept, tuple(unknown)


def _separate(node: Node, known: dict[str, Any], path: str, unknown: list[UnknownXml]) -> Node:
    kept = Node(tag=node.tag, text=node.text, file=node.file, line=node.line)
    unknown += (UnknownXml(path=path, position=0, xml=v, name=k) for k, v in node.attributes.items())
    if known and node.text:
        raise node.error("", node.text, "must hold elements, no text")
    for position, child in enumerate(node.children):
        name = BASE if child.local == BASE and node.local == ROOT else child.tag
        inner = known.get(name)
        if inner is None or (inner and not child.children):  # an empty list would not be written again
            unknown.append(UnknownXml(path=path, position=position, xml=child.xml))
        else:
            kept.children.append(_separate(child, inner, f"{path}/{_step(child)}", unknown))
    return kept


def restore(root: Node, unknown: tuple[UnknownXml, ...], *, checksums: bool) -> None:
    """Put what was separated back into a document that is about to be written.

    Without `checksums` the block of the file's checksums is left out: it says something about other data.

    Raises
    ------
    InvalidValueError
        Where the element around an unknown piece is not there any more.
    """
    places: dict[str, Node] = {}
    _collect(root, root.local, places)
    for number, piece in enumerate(unknown):
        place = places.get(piece.path)
        if place is None:
            limit = "must lead to an element of the supply; take the entry out if its element is gone"
            raise InvalidValueError(f"unknown[{number}].path", piece.path, limit)
        if piece.name:
            place.attributes[piece.name] = piece.xml
        elif checksums or not is_checksums(piece):
            place.children.insert(piece.position, raw(piece.xml))


def _collect(node: Node, path: str, places: dict[str, Node]) -> None:
    places.setdefault(path, node)
    for child in node.children:
        _collect(child, f"{path}/{_step(child)}", places)


def is_checksums(piece: UnknownXml) -> bool:
    """Whether a piece is the list of the file's own checksums."""
    return piece.path == ROOT and not piece.name and piece.xml.startswith(f"<{CHECKSUMS}")
