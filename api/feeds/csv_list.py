"""A table as CSV with a header, with configured columns."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Literal

from api.feeds.collector import Collector
from api.feeds.list_options import ListOptions
from api.feeds.list_record import ListRecords
from api.feeds.port import RejectReason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.feeds.port import ParseResult

_DELIMITERS = (";", "\t", ",", "|")
_MOST_COLUMNS = 200


class CsvListOptions(ListOptions):
    """Columns and words, and how the table is written."""

    delimiter: Literal["auto", ";", ",", "\t", "|"] = "auto"
    """auto: the one of `; tab , |` that stands most often in the header, the first of equals."""
    encoding: Literal["utf-8", "cp1252"] = "utf-8"


class CsvList:
    """Rows of a table; a row with too few or too many cells is refused alone."""

    def __init__(self, options: CsvListOptions) -> None:
        self._options = options

    def parse(self, body: bytes, received_at_s: float) -> ParseResult:
        """Read a body; see `FeedFormat`."""
        collector = Collector(received_at_s)
        text = self._text(body, collector)
        if text is not None:
            self._read(text, collector, received_at_s)
        return collector.result()

    def _text(self, body: bytes, collector: Collector) -> str | None:
        if not collector.fits(body):
            return None
        encoding = "utf-8-sig" if self._options.encoding == "utf-8" else "cp1252"
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            why = f"is not {self._options.encoding}"
            collector.reject(RejectReason.MALFORMED, why, field="body", value=body[:20])
            return None
        if "\x00" in text:
            collector.reject(RejectReason.MALFORMED, "is no text", field="body", value=body[:20])
            return None
        return text

    def _read(self, text: str, collector: Collector, received_at_s: float) -> None:
        header_line = text.partition("\n")[0]
        delimiter: str = self._options.delimiter
        if delimiter == "auto":
            delimiter = max(_DELIMITERS, key=header_line.count)
        rows = _rows(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), collector)
        header = [cell.strip() for cell in next(rows, [])]
        column_id = self._options.columns.id
        if column_id not in header or len(header) > _MOST_COLUMNS or len(set(header)) < len(header):
            why = f"must have a header with the column {column_id}, each column once, at most {_MOST_COLUMNS}"
            collector.reject(RejectReason.MALFORMED, why, field="header", value=header_line[:80])
            return
        records = ListRecords(self._options, collector, received_at_s)
        for number, cells in enumerate(collector.limited(rows), 1):
            if len(cells) != len(header):
                why = f"must have {len(header)} cells, has {len(cells)}"
                collector.reject(RejectReason.MALFORMED, why, field=f"record {number}", value=cells[:5])
                continue
            records.read(dict(zip(header, cells, strict=True)).get, f"record {number}")


def _rows(reader: Iterator[list[str]], collector: Collector) -> Iterator[list[str]]:
    """Rows that are not empty, up to one that is no CSV."""
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield cells
    except csv.Error as error:
        collector.reject(RejectReason.MALFORMED, f"is no CSV from here on: {error}", field="body")
