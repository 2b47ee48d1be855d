"""What `stadttakt calibrate` says: one JSON object, or tables."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json
from rich.console import Console
from rich.table import Table

from api.planning.calibrate.files import REPORT_COLUMNS, report_rows
from traffic_core.calibration.fit import GOOD_GEH
from traffic_core.demand import TripKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from api.planning.calibrate.calibrating import Calibration
    from traffic_core.calibration.fit import CountFit, FitReport, FitSummary
    from traffic_core.calibration.observations import Observation

PLAIN_WIDTH = 110
"""Columns of a report that goes into a file or a pipe."""
TARGET_SHARE = 0.85
"""Share of the counts used that shall have a GEH below 5."""


def target_met(calibration: Calibration) -> bool:
    """Whether enough of the counts used are met."""
    used = calibration.outcome.peak.used
    return used is not None and used.geh_below_5_share >= TARGET_SHARE


def document(calibration: Calibration, out: Path | None) -> dict[str, Any]:
    """Figures of a calibration."""
    outcome, change = calibration.outcome, calibration.change
    before, after = calibration.town_shares
    return {
        "model": calibration.town.info.id,
        "target_met": target_met(calibration),
        "counts": [dict(zip(REPORT_COLUMNS, row, strict=True)) for row in report_rows(calibration)],
        "prior_was_fitted": calibration.prior_was_fitted,
        "prior": _summary(calibration.before.used),
        "used": _summary(outcome.peak.used),
        "held_out": _summary(outcome.peak.held_out),
        "used_mean_hour": _summary(outcome.mean.used),
        "held_out_mean_hour": _summary(outcome.mean.held_out),
        "folds": _summary(calibration.folds.held_out if calibration.folds else None),
        "folds_counts": [_fit(fit) for fit in calibration.folds.fits] if calibration.folds else None,
        "no_path_uses": list(outcome.unused),
        "matrix": {
            "veh_24h": {"before": change.before_veh, "after": change.after_veh},
            "by_kind": {kind.value: {"before": old, "after": new} for kind, (old, new) in change.by_kind.items()},
            "correlation": change.correlation,
            "pairs_at_a_bound": change.at_bound,
            "largest": [asdict(pair) for pair in change.largest],
        },
        "town_trips": {"before": calibration.town_veh[0], "after": calibration.town_veh[1]},
        "structure": {kind.value: {"before": before[kind], "after": after[kind]} for kind in TripKind},
        "passing_zones": sorted(calibration.passing),
        "iterations": outcome.estimated.iterations,
        "converged": outcome.estimated.converged,
        "foreseen_geh": outcome.estimated.foreseen_geh,
        "relative_gap": calibration.worst_gap,
        "cpu_s": calibration.seconds,
        "written": None if out is None else str(out),
    }


def _summary(summary: FitSummary | None) -> dict[str, Any] | None:
    if summary is None:
        return None
    figures = asdict(summary)
    figures["worst"] = _fit(summary.worst)
    return figures


def _fit(fit: CountFit) -> dict[str, Any]:
    return {
        "count_id": fit.count_id,
        "hour": fit.hour_label,
        "counted_veh_h": fit.counted_veh_h,
        "modelled_veh_h": fit.modelled_veh_h,
        "geh": fit.geh,
        "in_band": fit.in_band,
    }


def print_report(calibration: Calibration, *, as_json: bool, out: Path | None) -> None:
    """Print the figures on standard output, warnings on standard error."""
    warn = Console(stderr=True, highlight=False, soft_wrap=True)
    for count_id in calibration.outcome.unused:
        warn.print(f"stadttakt: count {count_id}: no path uses its link, so that no trips can meet it")
    if calibration.worst_gap > calibration.wanted_gap:
        warn.print(f"stadttakt: an hour was assigned to a relative gap of {calibration.worst_gap:.1e} only")
    if calibration.prior_was_fitted and (calibration.folds or calibration.outcome.peak.held_out):
        words = "the prior was itself fitted to counts: what is held out now may have been seen then"
        warn.print(f"stadttakt: {words}")
    if not calibration.outcome.estimated.converged:
        apart = calibration.outcome.estimated.foreseen_geh
        warn.print(f"stadttakt: estimate and assignment still differ by GEH {apart:.2f}; the best of them is reported")
    console = Console(highlight=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    if as_json:
        console.out(to_json(document(calibration, out)).decode(), highlight=False)
        return
    console.print(_counts(calibration))
    console.print(_summaries(calibration))
    if calibration.folds is not None:
        console.print(_held_out(calibration.folds))
    console.print(_matrix(calibration))
    console.print(_largest(calibration))
    _print_words(console, calibration)
    if out is not None:
        console.print(f"written: {out}", soft_wrap=True)


def _print_words(console: Console, calibration: Calibration) -> None:
    outcome = calibration.outcome
    days = any(each.hour is None for each in calibration.observations)
    if days:
        label = next(fit.hour_label for fit in _fits_of_days(calibration))
        console.print(f"A day's count is compared as {label} h: count and model times that hour's share of all trips.")
    gap = f"largest gap {calibration.worst_gap:.1e}, {calibration.seconds:.1f} s of CPU"
    console.print(f"{outcome.estimated.iterations} estimates, {gap}.")
    verdict = "met" if target_met(calibration) else "missed"
    console.print(f"Target, GEH below {GOOD_GEH:g} on {TARGET_SHARE:.0%} of the counts used: {verdict}.")


def _fits_of_days(calibration: Calibration) -> list[CountFit]:
    pairs = zip(calibration.observations, calibration.outcome.peak.fits, strict=True)
    return [fit for each, fit in pairs if each.hour is None]


def _counts(calibration: Calibration) -> Table:
    """One line for each count; of several hours the worst is shown."""
    heads = ("count", "street", "hours", "counted", "modelled", "GEH", "mean hour", "band", "")
    table = Table(*heads, title=f"counts of {calibration.town.info.name}, vehicles", title_justify="left")
    of_count: dict[str, list[tuple[Observation, float, CountFit]]] = {}
    fits = calibration.outcome.peak.fits
    for each, veh, fit in zip(calibration.observations, calibration.modelled_veh, fits, strict=True):
        of_count.setdefault(each.count_id, []).append((each, veh, fit))
    mean = {fit.count_id: fit for fit in calibration.outcome.mean.fits}
    for count_id, rows in of_count.items():
        worst = max((fit for _, _, fit in rows), key=lambda fit: fit.geh)
        kept = sum(fit.in_band for _, _, fit in rows)
        remarks = ["held out"] if worst.held_out else []
        if count_id in calibration.outcome.unused:
            remarks.append("no path uses it")
        table.add_row(
            count_id,
            calibration.town.network.links[rows[0][0].link_id].name,
            "24" if rows[0][0].hour is None else f"{len(rows)}",
            f"{sum(each.veh for each, _, _ in rows):,.0f}",
            f"{sum(veh for _, veh, _ in rows):,.0f}",
            f"{worst.geh:.1f}",
            f"{mean[count_id].geh:.1f}",
            ("yes" if kept else "no") if len(rows) == 1 else f"{kept}/{len(rows)}",
            ", ".join(remarks),
        )
    return table


def _summaries(calibration: Calibration) -> Table:
    heads = ("", "n", "GEH < 5", "in band", "mean GEH", "RMSE %", "model/count", "worst")
    table = Table(*heads, title="fit, per hour", title_justify="left")
    outcome = calibration.outcome
    parts: Sequence[tuple[str, FitSummary | None]] = (
        ("prior, all counts", calibration.before.used),
        ("counts used", outcome.peak.used),
        ("counts held out", outcome.peak.held_out),
        ("counts used, mean hour", outcome.mean.used),
        ("counts held out, mean hour", outcome.mean.held_out),
        ("each held out once", calibration.folds.held_out if calibration.folds else None),
    )
    for name, summary in parts:
        if summary is not None:
            table.add_row(
                name,
                f"{summary.n}",
                f"{summary.geh_below_5_share:.0%}",
                f"{summary.in_band_share:.0%}",
                f"{summary.mean_geh:.2f}",
                _or_dash(summary.rmse_percent, ".1f"),
                _or_dash(summary.modelled_to_counted_ratio, ".3f"),
                f"{summary.worst.count_id} {summary.worst.geh:.1f}",
            )
    return table


def _held_out(report: FitReport) -> Table:
    table = Table("count", "hour", "counted", "modelled", "GEH", "band", title="each count when it was held out, veh/h")
    for fit in report.fits:
        flows = (f"{fit.counted_veh_h:,.0f}", f"{fit.modelled_veh_h:,.0f}")
        table.add_row(fit.count_id, fit.hour_label, *flows, f"{fit.geh:.1f}", "yes" if fit.in_band else "no")
    return table


def _matrix(calibration: Calibration) -> Table:
    change = calibration.change
    table = Table("trips a day", "before", "after", "town before", "town after", title="matrix", title_justify="left")
    before, after = calibration.town_shares
    for kind in TripKind:
        old, new = change.by_kind[kind]
        name = kind.value.replace("_", "-")
        table.add_row(name, f"{old:,.0f}", f"{new:,.0f}", f"{before[kind]:.1%}", f"{after[kind]:.1%}")
    town = (f"{veh:,.0f}" for veh in calibration.town_veh)
    table.add_row("all", f"{change.before_veh:,.0f}", f"{change.after_veh:,.0f}", *town)
    correlation = _or_dash(change.correlation, ".4f")
    table.caption = f"correlation with the prior {correlation}; {change.at_bound} pairs at a bound"
    return table


def _largest(calibration: Calibration) -> Table:
    table = Table(
        "from", "to", "before", "after", "change", title="largest changes, vehicles a day", title_justify="left"
    )
    for pair in calibration.change.largest:
        flows = (f"{pair.before_veh:,.0f}", f"{pair.after_veh:,.0f}", f"{pair.change_veh:+,.0f}")
        table.add_row(pair.origin, pair.destination, *flows)
    return table


def _or_dash(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)
