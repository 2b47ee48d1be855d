"""A JSON list of any town, with configured columns."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from api.feeds.collector import Collector
from api.feeds.json_body import read_json
from api.feeds.list_options import ListOptions
from api.feeds.list_record import ListRecords
from api.feeds.port import RejectReason

if TYPE_CHECKING:
    from api.feeds.port import ParseResult


class JsonListOptions(ListOptions):
    """Columns and words, and where the list stands."""

    records: str = ""
    """Path to the list, with dots; empty: the body is the list."""


class JsonList:
    """Objects of a list; a column with dots leads into nested objects."""

    def __init__(self, options: JsonListOptions) -> None:
        self._options = options

    def parse(self, body: bytes, received_at_s: float) -> ParseResult:
        """Read a body; see `FeedFormat`."""
        collector = Collector(received_at_s)
        content = read_json(body, collector)
        if content is None:
            return collector.result()
        items = value_at(content, self._options.records) if self._options.records else content
        if not isinstance(items, list):
            where = self._options.records or "body"
            collector.reject(RejectReason.MALFORMED, "must be a list of objects", field=where, value=items)
            return collector.result()
        records = ListRecords(self._options, collector, received_at_s)
        for index, item in enumerate(collector.limited(items)):
            if isinstance(item, dict):
                records.read(partial(value_at, item), f"[{index}]")
            else:
                collector.reject(RejectReason.WRONG_TYPE, "must be an object", field=f"[{index}]", value=item)
        return collector.result()


def value_at(item: object, path: str) -> object:
    """Value of a key; where there is none, of a path of keys with dots between them."""
    if isinstance(item, dict) and path in item:
        return item[path]
    for step in path.split("."):
        item = item.get(step) if isinstance(item, dict) else None
    return item
