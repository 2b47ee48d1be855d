"""Words on the plan of a junction, German and English."""

from __future__ import annotations

from traffic_core.network import Movement, NodeControl
from traffic_core.provenance import Confidence

CONTROL = {
    NodeControl.SIGNAL: "Lichtsignalanlage / signal",
    NodeControl.GIVE_WAY: "Vorfahrt beschildert / give way",
    NodeControl.ROUNDABOUT: "Kreisverkehr / roundabout",
    NodeControl.GRADE_SEPARATED: "planfreier Knoten / grade-separated interchange",
    NodeControl.GATE: "Modellrand / gate of the model",
    NodeControl.NONE: "ohne Regelung / no control",
}
MOVEMENT = {
    Movement.LEFT: ("links", "left"),
    Movement.THROUGH: ("geradeaus", "through"),
    Movement.RIGHT: ("rechts", "right"),
    Movement.U_TURN: ("wenden", "U-turn"),
}
CONFIDENCE = {
    Confidence.ANCHOR: "Lage belegt / position sourced",
    Confidence.DERIVED: "Lage abgeleitet / position derived",
    Confidence.ESTIMATED: "Lage geschätzt / position estimated",
}
CONFIDENCE_COLOUR = {
    Confidence.ANCHOR: "#cfe8d2",
    Confidence.DERIVED: "#d6e6f2",
    Confidence.ESTIMATED: "#ffe3a6",
}
LINK_CONFIDENCE = {
    Confidence.ANCHOR: "belegt/sourced",
    Confidence.DERIVED: "abgeleitet/derived",
    Confidence.ESTIMATED: "geschätzt/estimated",
}
GROUPS = "Signalgruppen und Abbiegebeziehungen / signal groups and turns"
TURNS = "Abbiegebeziehungen / turns"
OTHER_GROUPS = "weitere Gruppen, Lage nicht im Modell / other groups, position not in the model"
NO_GROUPS = "keine Versorgungsdaten / no supply data"
NO_TURNS = "kein Abbiegen erlaubt / no turn permitted"
NOT_DESCRIBED = "graue Pfeile: Nutzung der Fahrstreifen nicht beschrieben / grey arrows: lane use not described"
SCHEMATIC = (
    "Schemaplan: Richtungen der Arme und Abstände der Detektoren nach Modell, Breiten schematisch; 2+1: Fahrstreifen "
    "zum und vom Knoten / schematic plan: bearings of the arms and distances of the detectors as modelled, widths "
    "schematic; 2+1: lanes to and from the node"
)
MERGED = "mehrere Ebenen in einem Knoten / several levels merged in one node"


def movements_text(movements: list[Movement]) -> str:
    """Movements of an approach from left to right in both languages."""
    order = [movement for movement in MOVEMENT if movement in movements]
    return ", ".join(MOVEMENT[m][0] for m in order) + " / " + ", ".join(MOVEMENT[m][1] for m in order)


def named(node_id: str, name: str, longest: int) -> str:
    """Id and name of a node, once where they are the same."""
    return shortened(node_id if name == node_id else f"{node_id}  {name}", longest)


def shortened(text: str, longest: int) -> str:
    """A text, its end left out where it is too long."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
