"""The report of `stadttakt plans verify`, for people and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signal_plans.verifying.random_programmes import Agreement
    from signal_plans.verifying.trial import Tally
    from signal_plans.verifying.violation import Violation
    from signal_plans.verifying.whole import Proof

MOST_TOLD = 50
"""Violations in the report for people; the JSON names all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """What was checked and what was found."""

    supply: str
    proof: Proof | None
    """None where reading the supply refused a programme."""
    violations: tuple[Violation, ...]
    seconds: float = 0.0
    mutants: Mapping[str, Tally] | None = None
    agreement: Agreement | None = None
    note: str = ""
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What lies behind the fingerprints, to be compared with another report."""

    @property
    def passed(self) -> bool:
        """No rule is broken, no mutant slipped through, no safe programme was rejected, and the checkers agree."""
        mutants = all(tally.passed for tally in (self.mutants or {}).values())
        return not self.violations and mutants and (self.agreement is None or self.agreement.disagreements == 0)


def print_report(report: VerifyReport, *, as_json: bool) -> None:
    """Print on stdout.  The JSON holds no times of this run: the same supply gives the same bytes."""
    console = Console()
    if as_json:
        console.out(json.dumps(as_document(report), ensure_ascii=False), highlight=False)
        return
    console.print(escape(report.supply), highlight=False, soft_wrap=True)
    if report.proof is not None:
        _print_proof(console, report.proof, report.seconds)
    if report.mutants is not None:
        console.print(_mutants(report.mutants))
    if report.agreement is not None:
        _print_agreement(console, report.agreement)
    if report.violations:
        console.print(_violations(report.violations))
    if report.note:
        console.print(escape(report.note), highlight=False, soft_wrap=True)
    wrong = "" if report.passed or report.violations else ", but a checker was wrong"
    console.print(
        f"{len(report.violations):,} violations{wrong}",
        style="bold green" if report.passed else "bold red",
        highlight=False,
    )


def as_document(report: VerifyReport) -> dict[str, Any]:
    """The report as JSON values."""
    document: dict[str, Any] = {"supply": report.supply, "passed": report.passed}
    if (proof := report.proof) is not None:
        switches = proof.switches
        document |= {
            "junctions": proof.junctions,
            "programmes": proof.programmes,
            "switches": {
                "ordered_pairs": switches.cases,
                "planned": switches.planned,
                "planned_refused": switches.refused,
                "planned_refused_with_another_way": switches.avoidable,
                "second_pairs": switches.pairs,
                "second_pairs_safe": switches.safe_pairs,
                "longest_red_s": switches.longest_red_s,
            },
            "cases": {name: part.cases for name, part in proof.parts.items()},
            "node_seconds": {name: part.node_seconds for name, part in proof.parts.items()},
            "node_seconds_total": proof.node_seconds,
        }
    document["violations"] = [asdict(violation) for violation in report.violations]
    if report.mutants is not None:
        document["mutants"] = {
            name: {**asdict(tally), "passed": tally.passed} for name, tally in report.mutants.items()
        }
    if report.agreement is not None:
        document["random_programmes"] = asdict(report.agreement)
    if proof is not None:
        document["fingerprints"] = dict(proof.fingerprints)
        document["values"] = {name: dict(found) for name, found in report.values.items()}
    if report.note:
        document["note"] = report.note
    return document


def _print_proof(console: Console, proof: Proof, seconds: float) -> None:
    switches = proof.switches
    table = Table("part", "cases", "node-seconds", "violations", box=None)
    for name in ("cases", "node-seconds", "violations"):
        next(column for column in table.columns if column.header == name).justify = "right"
    for name, part in proof.parts.items():
        table.add_row(name, f"{part.cases:,}", f"{part.node_seconds:,}", f"{len(part.violations):,}")
    console.print(table)
    junctions = "1 junction" if proof.junctions == 1 else f"{proof.junctions:,} junctions"
    console.print(
        f"{junctions}, {proof.programmes:,} programmes, {switches.cases:,} ordered switches; "
        f"{switches.planned:,} planned, one for each second asked, {switches.refused:,} of them refused "
        f"({switches.avoidable:,} although leaving at another second would be safe); "
        f"{switches.pairs:,} pairs of a second left and one entered, {switches.safe_pairs:,} of them safe",
        highlight=False,
    )
    rate = proof.node_seconds / seconds / 1e6 if seconds > 0.0 else 0.0
    console.print(
        f"{proof.node_seconds:,} node-seconds watched in {seconds:.1f} s, {rate:.1f} million a second", highlight=False
    )


def _mutants(mutants: Mapping[str, Tally]) -> Table:
    table = Table("mutant", "unsafe", "caught by", "safe", "rejected", box=None)
    for name, tally in mutants.items():
        caught = ", ".join(f"{checker} {tally.caught.get(checker, 0):,}" for checker in tally.checkers)
        rejected = sum(tally.rejected.values())
        style = "" if tally.passed else "bold red"
        table.add_row(
            name, f"{tally.unsafe:,}", caught if tally.unsafe else "", f"{tally.safe:,}", f"{rejected:,}", style=style
        )
    unsafe, safe = (sum(getattr(tally, which) for tally in mutants.values()) for which in ("unsafe", "safe"))
    table.add_row("all", f"{unsafe:,}", "", f"{safe:,}", "")
    return table


def _print_agreement(console: Console, agreement: Agreement) -> None:
    console.print(
        f"{agreement.safe + agreement.unsafe:,} random programmes, {agreement.safe:,} of them safe: "
        f"{agreement.disagreements:,} disagreements",
        highlight=False,
    )
    for example in agreement.examples:
        console.print(f"  {escape(example)}", highlight=False, soft_wrap=True)


def _violations(violations: tuple[Violation, ...]) -> Table:
    columns = ("check", "junction", "programmes", "rule", "pair", "second", "missing", "what")
    table = Table(*columns, title="violations", title_justify="left", box=None)
    for violation in violations[:MOST_TOLD]:
        pair = " -> ".join(dict.fromkeys(name for name in (violation.clearing, violation.entering) if name))
        texts = (
            violation.check.value,
            violation.junction_id,
            " -> ".join(violation.programmes),
            violation.rule,
            pair,
            str(violation.second),
            f"{violation.missing_s} s",
            violation.detail,
        )
        table.add_row(*map(escape, texts), style="red")
    if len(violations) > MOST_TOLD:
        table.add_row("", "", "", "", "", "", "", f"and {len(violations) - MOST_TOLD:,} more")
    return table
