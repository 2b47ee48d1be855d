"""The report as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.parking.benefit.sections import sections, title_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.parking.benefit.content import Benefit
    from api.parking.benefit.sections import Table
    from simulator.study.numbers import Language


def markdown(benefit: Benefit, language: Language) -> str:
    """All chapters; the same text for the same result."""
    lines = [f"# {title_of(benefit, language)}", ""]
    for section in sections(benefit, language):
        lines += [f"## {section.title}", ""]
        for sentence in section.sentences:
            lines += [sentence, ""]
        for table in section.tables:
            lines += [*_table(table), ""]
        for sentence in section.closing:
            lines += [sentence, ""]
    lines += [f"`{benefit.command}`"]
    return "\n".join(lines) + "\n"


def _table(table: Table) -> Iterable[str]:
    yield f"**{table.caption}**"
    yield ""
    yield _row(table.header)
    yield _row("---" for _ in table.header)
    for row in table.rows:
        yield _row(row)


def _row(entries: Iterable[str]) -> str:
    return "| " + " | ".join(entry.replace("|", "\\|") or " " for entry in entries) + " |"
