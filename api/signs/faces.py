"""From what is published of a sign, or from a model alone, to its picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from api.signs.panel import FaceRow, sign_svg
from parking.content import FALLBACK, display_text, spoken_text
from parking.sign import Arrow, Display, SignRow

if TYPE_CHECKING:
    from api.wire.publications import SignPayload
    from parking.model import ParkingModel
    from parking.sign import Sign

Language = Literal["de", "en"]
LANGUAGES: tuple[Language, ...] = ("de", "en")
EXPIRED = {
    "de": "Kein gültiger Inhalt: das Schild zeigt von selbst nur P und Pfeil.",
    "en": "No valid content: the sign shows only P and arrow by itself.",
}
EXAMPLE = {"de": "Beispiel, keine Messung.", "en": "Example, not measured."}
EXAMPLE_SHARE = 0.4
"""Share of the capacity that is free in an example."""


def published_svg(payload: SignPayload, lang: Language, *, valid: bool) -> str:
    """A sign as it is published; once its content has expired, as it then shows itself."""
    rows = []
    for row in payload.rows:
        fixed = SignRow(
            label_de=row.label_de,
            label_en=row.label_en,
            arrow=Arrow(row.arrow),
            facility_ids=tuple(row.facility_ids),
        )
        display, free_veh = (Display(row.display), row.free_veh) if valid else (FALLBACK, None)
        rows.append(face_row(fixed, display, free_veh, lang))
    return sign_svg(payload.name, rows, "" if valid else EXPIRED[lang])


def example_svg(sign: Sign, model: ParkingModel, show: Display, lang: Language) -> str:
    """A sign of a model with example figures, or with one word in every row."""
    rows = []
    for row in sign.rows:
        sizes = [model.facilities[key].capacity_veh for key in row.facility_ids]
        known = [size for size in sizes if size is not None]
        if show is Display.NUMBER and len(known) == len(sizes):
            rows.append(face_row(row, Display.NUMBER, _rounded(EXAMPLE_SHARE * sum(known)), lang))
        else:
            rows.append(face_row(row, Display.FREE if show is Display.NUMBER else show, None, lang))
    return sign_svg(f"{sign.id} {sign.name}", rows, EXAMPLE[lang])


def _rounded(free_veh: float) -> int:
    """As a sign rounds: exact below 10, else down to a multiple of 5."""
    whole = int(free_veh)
    return whole if whole < 10 else whole // 5 * 5


def face_row(row: SignRow, display: Display, free_veh: int | None, lang: Language) -> FaceRow:
    """One line with the texts of the library."""
    lamps, spoken = display_text(display, free_veh), spoken_text(row, display, free_veh)
    return FaceRow(
        label=row.label_de if lang == "de" else row.label_en,
        arrow=row.arrow.value,
        display=display.value,
        lamps=lamps.de if lang == "de" else lamps.en,
        spoken=spoken.de if lang == "de" else spoken.en,
    )
