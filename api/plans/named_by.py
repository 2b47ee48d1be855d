"""What selects a programme already: day plans, traffic rules, and a junction whose first it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.plans.period_mean import DAY_MINUTES, spans_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from api.town import Town
    from signal_plans.day_plan import DayPlan, SwitchingTime


def named_by(town: Town, new: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """What names the new programme of each junction, in words by junctions; those that nothing names are left out.

    new : programme id by junction
    """
    found: dict[str, tuple[str, ...]] = {}
    for junction, programme in new.items():
        if said := tuple(_words(town, junction, programme)):
            found[junction] = said
    return found


def _words(town: Town, junction: str, programme: str) -> Iterator[str]:
    plans = town.selection.plans
    place = None if plans is None else plans.place_of(junction)
    if plans is not None and place is not None:
        plan = plans.plans[place]
        for text in (_times(plan, programme), _times(plan, programme, instead=True)):
            if text:
                yield f"group {plan.id} of day_plan.csv, {text}"
    for rule in town.selection.rules:
        if junction in rule.junctions and rule.mode.programme_id == programme:
            yield f"rule {rule.id} of traffic_rule.csv, while it applies"
    if town.junctions[junction].fallback.id == programme:
        yield "as the first of the junction, whenever nothing else can run"


def _times(plan: DayPlan, programme: str, *, instead: bool = False) -> str:
    """From when until when a plan names a programme, by kinds of day; `instead` of a mode whose data are missing."""
    kinds: dict[str, list[str]] = {}
    for kind, entries in plan.days.items():
        if spans := _spans(entries, programme, instead=instead):
            kinds.setdefault(spans_text(spans), []).append(kind)
    text = "; ".join(f"{' '.join(names)} {spans}" for spans, names in kinds.items())
    return f"while data for another mode are missing, {text}" if text and instead else text


def _spans(entries: tuple[SwitchingTime, ...], programme: str, *, instead: bool) -> list[tuple[int, int]]:
    """Times of a day; what follows on without a gap is one."""
    found: list[tuple[int, int]] = []
    ends = [*(entry.minute for entry in entries[1:]), DAY_MINUTES]
    for entry, end in zip(entries, ends, strict=True):
        if (entry.otherwise if instead else entry.mode.programme_id) != programme:
            continue
        if found and found[-1][1] == entry.minute:
            found[-1] = (found[-1][0], end)
        else:
            found.append((entry.minute, end))
    return found
