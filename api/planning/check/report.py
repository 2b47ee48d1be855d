"""The report of `stadttakt network check`, for people and as JSON."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from pydantic_core import to_json
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from traffic_core.consistency.facts import listed
from traffic_core.consistency.findings import Finding, Severity
from traffic_core.provenance import Confidence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from traffic_core.consistency.confidence import ConfidenceShare
    from traffic_core.consistency.connectivity import Component

EXAMPLES = 3
STYLE = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """Sizes of a model, what the checks found, and how much of it is known."""

    model: str
    label: str
    folder: str
    sizes: Mapping[str, int]
    controls: Mapping[str, int]
    """Nodes by the kind of their control."""
    found: Mapping[Severity, int]
    findings: tuple[Finding, ...]
    components: tuple[Component, ...]
    confidence: tuple[ConfidenceShare, ...]
    drawings: tuple[str, ...]


def print_report(report: CheckReport, *, as_json: bool, full: bool) -> None:
    """Print on stdout; `full` names every finding, otherwise each kind comes with a few examples."""
    console = Console()
    if as_json:
        console.out(to_json(asdict(report)).decode(), highlight=False)
        return
    console.print(_sizes(report))
    console.print(_confidence(report))
    if report.findings:
        console.print(_all(report) if full else _by_kind(report))
    parts = report.components[1:]
    if parts:
        console.print(
            f"{len(parts)} parts of the network stand apart from the other {len(report.components[0].links)} links:"
        )
        for part in parts:
            console.print(f"  {len(part.links)} links: {escape(listed(list(part.links), 12))}", highlight=False)
    if report.drawings:
        console.print(f"{len(report.drawings)} drawings, such as {escape(report.drawings[0])}", highlight=False)
    found = report.found
    console.print(
        f"{found[Severity.ERROR]} errors, {found[Severity.WARNING]} warnings, {found[Severity.NOTE]} notes",
        style="bold red" if found[Severity.ERROR] else "bold green",
        highlight=False,
    )


def _sizes(report: CheckReport) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_row("model", escape(f"{report.model} ({report.label})"))
    table.add_row("holds", ", ".join(f"{count:,} {what}" for what, count in report.sizes.items()))
    table.add_row("nodes", ", ".join(f"{count:,} {what}" for what, count in report.controls.items()))
    return table


def _confidence(report: CheckReport) -> Table:
    table = Table("table", title="where the facts come from", title_justify="left", box=None)
    for name in ("rows", *(kind.value for kind in Confidence)):
        table.add_column(name, justify="right")
    for share in (share for share in report.confidence if share.rows):
        shares = (f"{share.share(kind):.0%}" for kind in Confidence)
        table.add_row(share.table, f"{share.rows:,}", *shares)
    return table


def _by_kind(report: CheckReport) -> Table:
    table = Table("severity", "kind", "found", "for example", title="findings", title_justify="left")
    kinds: dict[tuple[Severity, str], list[Finding]] = defaultdict(list)
    for finding in report.findings:
        kinds[finding.severity, finding.kind].append(finding)
    for (severity, kind), findings in kinds.items():
        examples = "\n".join(finding.sentence for finding in findings[:EXAMPLES])
        table.add_row(severity.value, kind, f"{len(findings):,}", escape(examples), style=STYLE[severity])
    return table


def _all(report: CheckReport) -> Table:
    columns = ("severity", "kind", "record", "value", "limit", "finding")
    table = Table(*columns, title="findings", title_justify="left")
    for finding in report.findings:
        texts = (finding.record, finding.value, finding.limit, finding.sentence)
        table.add_row(finding.severity.value, finding.kind, *map(escape, texts), style=STYLE[finding.severity])
    return table
