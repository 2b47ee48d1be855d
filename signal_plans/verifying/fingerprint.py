"""Hashes by which a programme and its rules are told from what was released."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signal_plans.layout import SignalLayout
    from signal_plans.programme import SignalProgramme


def programme_fingerprint(programme: SignalProgramme) -> str:
    """SHA-256 (64 hexadecimal digits) of all that decides what the lamps show when.

    These are the ids of junction and programme, cycle, offset, and of each group its windows, amber and red-amber.  The
    order of groups and of windows does not count, nor do names.
    """
    groups = programme.layout.groups
    return _digest(
        {
            "junction": programme.layout.junction_id,
            "programme": programme.id,
            "cycle_s": programme.cycle_s,
            "offset_s": programme.offset_s,
            "groups": {
                group: {
                    "amber_s": groups[group].amber_s,
                    "red_amber_s": groups[group].red_amber_s,
                    "greens": sorted((window.start_s, window.length_s) for window in windows),
                }
                for group, windows in programme.greens.items()
            },
        }
    )


def rules_fingerprint(layout: SignalLayout) -> str:
    """SHA-256 of the rules that the junction's programmes are judged by: intergreens, minimum greens, ambers."""
    return _digest(
        {
            "junction": layout.junction_id,
            "groups": {
                group.id: [group.kind.value, group.min_green_s, group.amber_s, group.red_amber_s]
                for group in layout.groups.values()
            },
            "intergreen_s": sorted([*pair, time_s] for pair, time_s in layout.intergreen.times_s.items()),
        }
    )


def _digest(content: object) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
