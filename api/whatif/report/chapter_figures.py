"""Chapter 2: the table of figures, and their differences as dots with whiskers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.planning.maps.content import nice_values
from api.whatif.report.blocks import Column, chapter, paragraph, table, variant_heading
from api.whatif.report.markup import Html, both, joined, tag, words
from api.whatif.report.numbers import decimals_for, interval, number, percent, unit

if TYPE_CHECKING:
    from api.whatif.report.content import ComparisonRow, Estimate, ReportContent, VariantContent

WIDEST_SHARE = 1.0
"""The axis of the dots ends here at the latest; a mean beyond is an arrow at the edge and does not stretch the axis."""
LEAST_SHARE = 0.01


def figures(content: ReportContent) -> Html:
    """The chapter."""
    parts = [
        Html(variant_heading(variant, place) + _table(variant, place) + _dots(variant, f"dots-{place}"))
        for place, variant in enumerate(content.variants)
    ]
    intro = paragraph(
        f"Mittelwerte über {content.seeds} Startwerte mit 95-%-Intervallen. Die Differenz ist Variante minus Basis.",
        f"Means over {content.seeds} seeds with 95% intervals. The difference is variant minus base.",
    )
    return chapter("figures", 2, both("Kenngrößen", "Figures"), intro, joined(parts))


def verdict(row: ComparisonRow) -> tuple[str, Html]:
    """What the difference says: a class for its colour, and the words."""
    if row.difference is None:
        return "none", both("nicht bestimmt", "not defined")
    if not row.significant:
        return "none", both("nicht gesichert", "not significant")
    more = row.difference.mean > 0.0
    if row.lower_is_better is None:
        return "change", both("gesichert mehr", "significantly more") if more else both(
            "gesichert weniger", "significantly less"
        )
    if more is row.lower_is_better:
        return "bad", both("gesichert schlechter", "significantly worse")
    return "good", both("gesichert besser", "significantly better")


def _table(variant: VariantContent, place: int) -> Html:
    columns = (
        Column(head=both("Kenngröße", "Figure")),
        Column(head=both("Einheit", "Unit")),
        Column(head=both("Basis", "Base"), numeric=True),
        Column(head=both("Variante", "Variant"), numeric=True),
        Column(head=both("Differenz", "Difference"), numeric=True),
        Column(head=both("relativ", "relative"), numeric=True),
        Column(head=both("Urteil", "Verdict")),
    )
    caption = both(
        f"V{place + 1}: Kenngrößen gegen Basis, in Klammern das 95-%-Intervall",
        f"V{place + 1}: figures against base, 95% interval in brackets",
    )
    return table(f"figures-{place}", caption, columns, [_row(row) for row in variant.rows])


def _row(row: ComparisonRow) -> tuple[Html, ...]:
    decimals = _decimals(row)
    kind, said = verdict(row)
    return (
        words(row.label),
        unit(row.unit),
        _estimate(row.base, decimals),
        _estimate(row.variant, decimals),
        _estimate(row.difference, decimals, signed=True),
        percent(row.relative_share),
        tag("span", said, class_=f"verdict {kind}"),
    )


def _decimals(row: ComparisonRow) -> int:
    """Decimals that show two digits of the width of the interval, or four of the figure where there is none."""
    if row.difference is not None and row.difference.high > row.difference.low:
        return decimals_for(100.0 * (row.difference.high - row.difference.low) / 2.0)
    known = [abs(each.mean) for each in (row.base, row.variant) if each is not None]
    return decimals_for(max(known, default=0.0))


def _estimate(estimate: Estimate | None, decimals: int, *, signed: bool = False) -> Html:
    if estimate is None:
        return number(None)
    between = tag("span", interval(estimate, decimals, signed=signed), class_="between")
    return Html(number(estimate.mean, decimals, signed=signed) + " " + between)


def _dots(variant: VariantContent, key: str) -> Html:
    """One row a figure: dot and whiskers on a common axis, difference in per cent of the base."""
    shares = [(row, share) for row in variant.rows if (share := _shares(row)) is not None]
    if not shares:
        return Html("")
    limit = _limit([end for _, share in shares if abs(share[1]) <= WIDEST_SHARE for end in (share[0], share[2])])
    rows = [_dot_row(row, share, limit) for row, share in shares]
    left_out = [row for row in variant.rows if _shares(row) is None]
    title = both("Differenz zur Basis in Prozent", "Difference to the base in per cent")
    said = both(
        "Punkt: Mittel, Strich: 95-%-Intervall; links der Mitte weniger, rechts mehr als in der Basis.",
        "Dot: mean, bar: 95% interval; left of the middle less, right of it more than in the base.",
    )
    caption = tag("figcaption", tag("strong", title), " ", tag("span", said))
    axis = tag("div", *(_tick(share, limit) for share in (-limit, -limit / 2, 0.0, limit / 2, limit)), class_="ticks")
    scale = tag("div", tag("span", ""), axis, class_="dot-row", aria_hidden="true")
    note = Html("")
    if left_out:
        note = _left_out(left_out)
    return tag("figure", caption, tag("div", *rows, role="list"), scale, note, class_="dots", id=key)


def _left_out(rows: list[ComparisonRow]) -> Html:
    de, en = (", ".join(names) for names in ([row.label.de for row in rows], [row.label.en for row in rows]))
    return paragraph(
        f"Ohne Prozentwert, weil die Basis null oder unbekannt ist: {de}.",
        f"Without a percentage because the base is zero or not known: {en}.",
        "hint",
    )


def _shares(row: ComparisonRow) -> tuple[float, float, float] | None:
    """Low, mean and high of the difference as shares of the mean of the base."""
    if row.difference is None or row.base is None or row.base.mean == 0.0:
        return None
    size = abs(row.base.mean)
    return row.difference.low / size, row.difference.mean / size, row.difference.high / size


def _limit(ends: list[float]) -> float:
    """Round end of the axis beyond all ends, at most `WIDEST_SHARE`."""
    if not ends:
        return WIDEST_SHARE
    largest = min(WIDEST_SHARE, max(LEAST_SHARE, *(abs(end) for end in ends)))
    candidates = sorted(nice_values(10.0 * largest, 6))
    return next(each for each in candidates if each >= largest * (1.0 - 1e-9))


def _dot_row(row: ComparisonRow, share: tuple[float, float, float], limit: float) -> Html:
    low, mean, high = share
    kind, said = verdict(row)
    ends = [_at(max(-limit, min(limit, each)), limit) for each in (low, mean, high)]
    parts = [
        tag("line", x1="50%", x2="50%", y1="0", y2="26", class_="zero"),
        tag("line", x1=ends[0], x2=ends[2], y1="13", y2="13", class_="whisker"),
        *(
            tag("line", x1=ends[place], x2=ends[place], y1="8", y2="18", class_="whisker")
            for place in (0, 2)
            if abs(share[place]) <= limit
        ),
    ]
    if abs(mean) <= limit:
        parts.append(tag("circle", cx=ends[1], cy="13", r="4"))
    beyond = _beyond(share, limit)
    picture = tag("svg", *parts, class_=kind, width="100%", height="26", aria_hidden="true")
    spoken = tag("span", percent(mean), " ", said, class_="hidden")
    label = tag("span", words(row.label), " ", spoken)
    return tag(
        "div", label, tag("div", picture, *beyond, class_="dot", aria_hidden="true"), class_="dot-row", role="listitem"
    )


def _beyond(share: tuple[float, float, float], limit: float) -> list[Html]:
    """Arrows where the interval leaves the axis, with the mean where that is outside too."""
    low, mean, high = share
    edge = limit * (1.0 + 1e-9)
    arrows: list[Html] = []
    if low < -edge:
        arrows.append(tag("span", "◂ ", percent(mean, 0) if mean < -edge else "", class_="beyond-left"))
    if high > edge:
        arrows.append(tag("span", percent(mean, 0) if mean > edge else "", " ▸", class_="beyond-right"))
    return arrows


def _at(share: float, limit: float) -> str:
    """Place on the axis in per cent of its width; the ends stay inside."""
    return f"{50.0 + 42.0 * share / limit:.2f}%"


def _tick(share: float, limit: float) -> Html:
    shown = percent(share, 0 if 100.0 * limit / 2 == round(100.0 * limit / 2) else 1) if share else number(0.0)
    return tag("span", shown, style=f"left:{_at(share, limit)}")
