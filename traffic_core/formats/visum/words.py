"""German and English names of the Visum tables and attributes that are read, each under one word of our own.

Names of attributes are compared in upper case.  An attribute of one transport system or user group carries its code in
brackets, `VMAX-IVSYS(P)`; here it stands with empty brackets.
"""

from __future__ import annotations

TABLES = {
    "version": ("VERSION",),
    "info": ("INFO",),
    "network": ("NETZ", "NETWORK"),
    "system": ("VSYS", "TSYS"),
    "node": ("KNOTEN", "NODE"),
    "link type": ("STRECKENTYP", "LINKTYPE"),
    "link": ("STRECKE", "LINK"),
    "link point": ("STRECKENPOLY", "LINKPOLY"),
    "turn": ("ABBIEGER", "ABBIEGEBEZIEHUNG", "TURN"),
    "zone": ("BEZIRK", "ZONE"),
    "connector": ("ANBINDUNG", "CONNECTOR"),
    "count": ("ZAEHLSTELLE", "COUNTLOCATION"),
}

COLUMNS = {
    "capacity": ("KAPIV", "KAP-IV", "CAPPRT"),
    "car share": ("PKWE", "PCU"),
    "code": ("CODE",),
    "control": ("STEUERUNGSTYP", "CONTROLTYPE"),
    "coordinate system": ("DEFKOORD", "KOORDSYS", "PROJECTIONDEFINITION", "PROJECTION", "COORDSYS"),
    "direction": ("RICHTUNG", "DIRECTION"),
    "file type": ("FILETYPE",),
    "from node": ("VONKNOTNR", "FROMNODENO"),
    "index": ("INDEX",),
    "kind": ("TYP", "TYPE"),
    "lanes": ("ANZFAHRSTREIFEN", "NUMLANES"),
    "left-hand": ("LINKSVERKEHR", "LEFTHANDTRAFFIC"),
    "length": ("LAENGE", "LENGTH"),
    "link": ("STRNR", "LINKNO"),
    "name": ("NAME",),
    "network name": ("NETVERSNAME", "NETVERSIONNAME"),
    "node": ("KNOTNR", "NODENO"),
    "number": ("NR", "NO"),
    "scale": ("MASSSTAB", "SCALE"),
    "speed": ("V0IV", "V0-IV", "V0PRT"),
    "systems": ("VSYSSET", "TSYSSET"),
    "text": ("TEXT",),
    "to node": ("NACHKNOTNR", "TONODENO"),
    "top speed": ("VMAX-IVSYS()", "VMAX_IVSYS()", "VMAX-PRTSYS()", "VMAX_PRTSYS()"),
    "type": ("TYPNR", "TYPENO"),
    "unit": ("UNIT", "EINHEITEN"),
    "via node": ("UEBERKNOTNR", "VIANODENO"),
    "weight": ("GEWICHT(IV)", "WEIGHT(PRT)", "ANTEIL", "SHARE"),
    "x": ("XKOORD", "XCOORD"),
    "y": ("YKOORD", "YCOORD"),
    "year": ("JAHR", "YEAR"),
    "zone": ("BEZNR", "ZONENO"),
}

DIRECTIONS = {"Q": "origin", "O": "origin", "Z": "destination", "D": "destination"}
"""Which way a connector leads: Quelle (origin, from the zone into the network) or Ziel (destination)."""

CAR_SYSTEM_KINDS = {"IV", "PRT"}
"""Individualverkehr, private transport."""

_WORD_OF_TABLE = {name: word for word, names in TABLES.items() for name in names}


def word_of_table(name: str) -> str | None:
    """Our word for a table of the file, None for a table that is only kept aside."""
    return _WORD_OF_TABLE.get(name.upper())
