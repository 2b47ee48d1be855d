"""What the dynamic signs of the town show at the roadside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from parking.sign import RowContent, Sign, SignContent


class SignBoard:
    """The latest content of every sign.  A sign whose content has expired shows nothing, nor does a dark one ever."""

    def __init__(self, signs: Mapping[str, Sign], dark: Collection[str] = ()) -> None:
        self._signs = signs
        self._dark = frozenset(dark)
        self._contents: dict[str, SignContent] = {}

    def show(self, content: SignContent) -> None:
        """Take a content over; one with a lower sequence than the shown one is late and ignored.

        Raises `InvalidValueError` for a sign that does not exist or a wrong number of rows.
        """
        if content.sign_id not in self._signs:
            raise InvalidValueError("content.sign_id", content.sign_id, "must name a sign of the model")
        rows = len(self._signs[content.sign_id].rows)
        if len(content.rows) != rows:
            where = f"content[{content.sign_id}].rows"
            raise InvalidValueError(where, len(content.rows), f"must be the {rows} rows of the sign")
        shown = self._contents.get(content.sign_id)
        if shown is None or content.sequence >= shown.sequence:
            self._contents[content.sign_id] = content

    def rows(self, sign_id: str, now_s: float) -> tuple[RowContent, ...]:
        """What the rows of a sign show now; empty where nothing valid is shown."""
        content = None if sign_id in self._dark else self._contents.get(sign_id)
        return content.rows if content is not None and now_s < content.valid_until_s else ()
