"""Which overrides of operators were in force at a moment, from the decision log."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import structlog

from api.signs_desk import stored_overrides, stored_subject
from api.wire.overrides import AUTOMATIC, OverridePayload
from parking import content

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.store.rows import DecisionRow
    from api.store.store import Store
    from api.wire.publications import RowPayload

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One override, or with None that one had ended; from when on, by what was asked for and not by its row."""

    from_s: float
    override: OverridePayload | None


class OverridesThen:
    """Overrides in force at `at_s`, one of each sign and car park.  Raises what the store raises.

    Rows stand in the order in which they were said, but where a clock was ahead they are stamped late: what counts is
    the term that each names itself.
    """

    def __init__(self, store: Store, at_s: float) -> None:
        by_subject: dict[str, list[_Asked]] = {}
        for row in stored_overrides(store, at_s):
            asked = _asked(row)
            if asked is not None:
                by_subject.setdefault(row.subject_id, []).append(asked)
        found = {subject: _in_force(asked, at_s) for subject, asked in by_subject.items()}
        self._known = {subject: override for subject, override in found.items() if override is not None}

    def of_facility(self, facility_id: str) -> OverridePayload | None:
        """The override of a car park."""
        return self._known.get(stored_subject(f"parking/{facility_id}"))

    def of_row(self, sign_id: str, place: int, shown: RowPayload, key_id: str) -> OverridePayload | None:
        """The override by which a key decided a row, from 0; None where none that is known explains it."""
        sign = self._known.get(stored_subject(f"sign/{sign_id}"))
        if sign is not None and sign.key_id == key_id and _sets(sign, place, shown.display):
            return sign
        of_facilities = [self.of_facility(key) for key in shown.facility_ids]
        by_key = [override for override in of_facilities if override is not None and override.key_id == key_id]
        same = [override for override in by_key if override.show == shown.display]
        return next(iter(same or by_key), None)


def _sets(sign: OverridePayload, place: int, display: str) -> bool:
    rows = sign.rows or []
    return place < len(rows) and rows[place] != AUTOMATIC and rows[place] == display


def _asked(row: DecisionRow) -> _Asked | None:
    if row.reason in {content.OVERRIDE_WITHDRAWN, content.OVERRIDE_EXPIRED}:
        return _Asked(row.at_s, None)
    if row.reason != content.OVERRIDE_TAKEN:
        return None
    try:
        override = OverridePayload.model_validate_json(row.outcome_json)
        return _Asked(_seconds(override.valid_from), override)
    except ValueError as error:  # of another version
        log.warning("override_not_readable", subject=row.subject_id, error=str(error))
        return None


def _in_force(asked: Iterable[_Asked], at_s: float) -> OverridePayload | None:
    """Of what was asked about one subject, in the order in which it was said."""
    found: list[_Asked] = []
    for one, after in pairwise([*asked, _Asked(math.inf, None)]):
        if one.override is None:
            continue
        replaced_s = after.from_s if after.from_s > one.from_s else math.inf  # said by a clock that was set back
        if one.from_s <= at_s < min(_seconds(one.override.valid_until), replaced_s):
            found.append(one)
    return max(found, key=lambda one: one.from_s).override if found else None


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
