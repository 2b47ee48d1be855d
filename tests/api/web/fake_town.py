"""Answers of a small town in the shape of the HTTP API, so that the page can be tested without the service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)
LABEL = {"label_de": "synthetisch auf realen Ankern", "label_en": "synthetic on real anchors"}
MODEL: dict[str, Any] = {
    "id": "small_town",
    "name": "Leinfelden-Echterdingen",
    **LABEL,
    "licence": "CC0-1.0",
    "attribution": ["a small town for tests"],
    "notes": "",
}
NODES: dict[str, tuple[str, float, float, str]] = {
    "N02": ("Echterdingen-Nord", 9.1680, 48.7005, "grade_separated"),
    "N03": ("Hauptstraße/Nikolaus-Otto-Straße", 9.1670, 48.6978, "roundabout"),
    "N04": ("Hauptstraße/Heilbronner Straße", 9.1677, 48.6957, "signal"),
    "N05": ("Hauptstraße/S-Bahn", 9.1677, 48.6922, "signal"),
    "N06": ("Lammkreuzung", 9.1670, 48.6895, "signal"),
    "N08": ("Hauptstraße/Hirschstraße", 9.1668, 48.68786, "signal"),
    "N09": ("Tübinger Straße", 9.161266, 48.683419, "signal"),
    "N10": ("Leinfelder Straße/Stangen", 9.160092, 48.690939, "give_way"),
    "N12": ("Nikolaus-Otto-Straße", 9.162815, 48.696088, "give_way"),
    "N14": ("Leinfelden Ost", 9.1485, 48.6923, "roundabout"),
    "N15": ("Neuer Markt", 9.145460, 48.693685, "signal"),
    "N16": ("Bahnhof Leinfelden", 9.142866, 48.696506, "signal"),
    "N18": ("Musberger Straße/Riedweg", 9.132013, 48.692991, "give_way"),
    "N21": ("Hohenheimer/Max-Lang-Straße", 9.1440, 48.7040, "signal"),
    "N27": ("Friedhof", 9.174933, 48.691041, "give_way"),
    "N28": ("Zaunacker", 9.178180, 48.686916, "give_way"),
    "N33": ("LE-Süd", 9.1850, 48.6745, "grade_separated"),
}
STREETS: list[tuple[str, str, str, str, int]] = [
    ("N02", "N03", "Hauptstraße", "primary", 1),
    ("N03", "N04", "Hauptstraße", "primary", 1),
    ("N04", "N05", "Hauptstraße", "primary", 1),
    ("N05", "N06", "Hauptstraße", "primary", 1),
    ("N06", "N08", "Hauptstraße", "secondary", 1),
    ("N08", "N09", "Tübinger Straße", "secondary", 1),
    ("N06", "N10", "Leinfelder Straße", "secondary", 1),
    ("N10", "N14", "Leinfelder Straße", "secondary", 1),
    ("N14", "N15", "Marktstraße", "tertiary", 1),
    ("N15", "N16", "Bahnhofstraße", "tertiary", 1),
    ("N15", "N18", "Musberger Straße", "secondary", 1),
    ("N16", "N21", "Max-Lang-Straße", "secondary", 1),
    ("N03", "N12", "Nikolaus-Otto-Straße", "tertiary", 1),
    ("N12", "N10", "Magellanstraße", "residential", 1),
    ("N06", "N27", "Plieninger Straße", "secondary", 1),
    ("N08", "N28", "Bernhäuser Straße", "secondary", 1),
    ("N02", "N33", "B27", "trunk", 2),
]
FACILITIES: list[tuple[str, str, str, float, float, str, int | None, int | None, str]] = [
    ("Q1", "Parkhaus Q1", "Echterdingen", 9.17088, 48.69189, "park_and_ride", 274, 120, "number"),
    ("ZS", "Tiefgarage Zehntscheuer", "Echterdingen", 9.1690, 48.6883, "garage", 160, None, "full"),
    ("ZC", "Tiefgarage Zeppelin-Carré", "Echterdingen", 9.1655, 48.6855, "garage", None, None, "free"),
    ("NM", "Tiefgarage Neuer Markt", "Leinfelden", 9.1455, 48.6937, "garage", 85, 17, "number"),
    ("L1", "P+R Leinfelden 1", "Leinfelden", 9.14326, 48.69684, "park_and_ride", 45, 8, "number"),
    ("L2", "P+R Leinfelden 2", "Leinfelden", 9.14324, 48.69632, "park_and_ride", 65, None, "neutral"),
    ("L3", "P+R Leinfelden 3", "Leinfelden", 9.14260, 48.69630, "park_and_ride", 81, 31, "number"),
]
SIGNS: list[tuple[str, str, float, float, list[tuple[str, str, str, list[str]]]]] = [
    (
        "S1",
        "Hauptstraße Nord",
        9.1679,
        48.6990,
        [
            ("Echterdingen Mitte", "Echterdingen centre", "straight", ["Q1", "ZS", "ZC"]),
            ("Leinfelden", "Leinfelden", "right", ["NM", "L1", "L3"]),
        ],
    ),
    (
        "S2",
        "Lammkreuzung Nord",
        9.1674,
        48.6905,
        [
            ("Parkhaus Q1", "Q1 garage", "left", ["Q1"]),
            ("Zehntscheuer", "Zehntscheuer", "straight", ["ZS"]),
            ("Zeppelin-Carré", "Zeppelin-Carré", "straight", ["ZC"]),
        ],
    ),
    (
        "S3",
        "Leinfelden Ost",
        9.1500,
        48.6919,
        [
            ("Neuer Markt", "Neuer Markt", "straight", ["NM"]),
            ("P+R Bahnhof", "P+R station", "right", ["L1", "L2", "L3"]),
        ],
    ),
    ("S4", "Max-Lang-Straße", 9.1439, 48.7018, [("P+R Bahnhof", "P+R station", "here", ["L2"])]),
]
WORDS = {
    "free": ("frei", "free"),
    "full": ("besetzt", "full"),
    "closed": ("zu", "closed"),
    "neutral": ("P", "P"),
}
WHY = {
    "number": ("fresh", "Aktueller Messwert.", "Fresh measured value."),
    "free": ("no_capacity", "Kapazität unbekannt, daher keine Zahl.", "Capacity unknown, therefore no number."),
    "full": ("below_reserve", "Nur noch Plätze der Reserve frei.", "Only reserved spaces are left."),
    "neutral": ("too_old", "Seit über 30 min keine Meldung.", "No report for more than 30 min."),
}


def rfc(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _why(display: str) -> dict[str, str]:
    reason, german, english = WHY[display]
    return {"reason": reason, "reason_de": german, "reason_en": english}


def network() -> dict[str, Any]:
    nodes = [
        _feature("Point", [lon, lat], kind="node", id=key, name=name, control=control, confidence="anchor")
        for key, (name, lon, lat, control) in NODES.items()
    ]
    links = []
    for start, end, name, road_class, lanes in STREETS:
        for a, b in ((start, end), (end, start)):
            line = [list(NODES[a][1:3]), list(NODES[b][1:3])]
            links.append(
                _feature(
                    "LineString",
                    line,
                    kind="link",
                    id=f"{a}-{b}",
                    name=name,
                    from_node=a,
                    to_node=b,
                    lanes=lanes,
                    free_speed_km_h=100 if road_class == "trunk" else 50,
                    capacity_veh_h=1800 * lanes,
                    road_class=road_class,
                    confidence="estimated",
                )
            )
    return {
        "type": "FeatureCollection",
        "model": MODEL,
        "bbox": [9.12, 48.67, 9.2, 48.71],
        "features": [*links, *nodes],
    }


def _feature(shape: str, coordinates: list[Any], **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": shape, "coordinates": coordinates}, "properties": properties}


def loads(at: datetime) -> dict[str, Any]:
    shares = (0.22, 0.41, 0.58, 0.69, 0.81, 0.95, 1.02)
    measured = [f"{a}-{b}" for start, end, *_ in STREETS[:11] for a, b in ((start, end), (end, start))]
    links = {
        key: {"load": shares[i % 7], "flow_veh_h": 1800 * shares[i % 7], "quality": "measured"}
        for i, key in enumerate(measured)
    }
    return {"as_of": rfc(at), "model": MODEL, "links": links}


FAULT = {
    "fault": "frozen",
    "fault_since": "2026-11-21T06:30:00Z",
    "fault_de": "seit 30 Minuten unverändert 40 freie Plätze gemeldet",
    "fault_en": "40 free spaces reported unchanged for 30 minutes",
}


def parking(at: datetime) -> dict[str, Any]:
    facilities = [
        {
            "facility_id": key,
            "name": name,
            "district": district,
            "kind": kind,
            "lon": lon,
            "lat": lat,
            "free_veh": free,
            "capacity_veh": capacity,
            "display": display,
            "trend_veh_h": -14.0 if display == "number" else None,
            "quality": "unknown" if display == "neutral" else "measured",
            "age_s": 2400.0 if display == "neutral" else 21.0,
            "measured_at": rfc(at - timedelta(seconds=2400 if display == "neutral" else 21)),
            "is_open": True,
            "sigma_veh": 4.0 if display == "number" else None,
            "drift_veh": -3.0 if display == "number" else None,
            **_why(display),
            **(FAULT if display == "neutral" else {}),
        }
        for key, name, district, lon, lat, kind, capacity, free, display in FACILITIES
    ]
    return {"as_of": rfc(at), "model": MODEL, "facilities": facilities}


def _row(label_de: str, label_en: str, arrow: str, ids: list[str]) -> dict[str, Any]:
    known = [facility for facility in FACILITIES if facility[0] in ids]
    free = [facility[7] for facility in known if facility[7] is not None]
    display = "number" if free else known[0][8]
    count = sum(free) if free else None
    text = (str(count), str(count)) if count is not None else WORDS[display]
    return {
        "label_de": label_de,
        "label_en": label_en,
        "arrow": arrow,
        "facility_ids": ids,
        "display": display,
        "free_veh": count,
        "text_de": text[0],
        "text_en": text[1],
        "quality": "unknown" if display == "neutral" else "measured",
        "age_s": None if display == "neutral" else 21.0,
        "recommended": count == 120,
        **_why(display),
    }


def signs(at: datetime) -> dict[str, Any]:
    shown = [
        {
            "sign_id": key,
            "name": name,
            "sequence": 7,
            "issued_at": rfc(at),
            "valid_until": rfc(at + timedelta(seconds=120)),
            "content_id": f"{key}-7",
            "rows": [_row(*row) for row in rows],
            "fallback": {"display": "neutral", "text_de": "P", "text_en": "P"},
            "model_label": LABEL["label_en"],
            "lon": lon,
            "lat": lat,
            "link_id": "N02-N03",
        }
        for key, name, lon, lat, rows in SIGNS
    ]
    return {"as_of": rfc(at), "model": MODEL, "signs": shown}


def signals(at: datetime) -> dict[str, Any]:
    greens = {
        "K1": [{"start_s": 0, "length_s": 30}],
        "K2": [{"start_s": 36, "length_s": 24}],
        "F1": [{"start_s": 66, "length_s": 18}],
    }
    junctions = [key for key, (*_, control) in NODES.items() if control == "signal"]
    return {
        "as_of": rfc(at),
        "model": MODEL,
        "signals": [_signal(key, place, greens, at) for place, key in enumerate(junctions)],
    }


def _signal(key: str, place: int, greens: dict[str, Any], at: datetime) -> dict[str, Any]:
    name, lon, lat, _ = NODES[key]
    second = (place * 13 + int((at - NOW).total_seconds())) % 90
    stage = "1" if second < 33 else "2" if second < 63 else "3"
    colours = {
        group: "green" if w[0]["start_s"] <= second < w[0]["start_s"] + w[0]["length_s"] else "red"
        for group, w in greens.items()
    }
    return {
        "junction_id": key,
        "name": name,
        "lon": lon,
        "lat": lat,
        "programme_id": "P1",
        "cycle_s": 90,
        "offset_s": place * 13,
        "second": second,
        "stage_id": stage,
        "stage_since": rfc(at),
        "greens": greens,
        "valid_from": rfc(at),
        "valid_until": rfc(at + timedelta(seconds=10)),
        "reason": "day_plan",
        "reason_de": "Tagesplan Nachmittag.",
        "reason_en": "Afternoon day plan.",
        "groups": colours,
        "queue_veh": {"K1": 3.2, "K2": 1.0},
        "load": 0.71,
    }


def clock(at: datetime, speed: float = 1.0) -> dict[str, Any]:
    return {"as_of": rfc(at), "speed": speed}
