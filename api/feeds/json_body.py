"""JSON bodies from strangers: any bytes give a value or one reject."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from api.feeds.port import RejectReason

if TYPE_CHECKING:
    from api.feeds.collector import Collector


def read_json(body: bytes, collector: Collector) -> object:
    """Content of a UTF-8 JSON body; None and a reject where there is none.

    NaN, Infinity and whole numbers of more than 18 digits become non-finite floats, so that their own field is
    refused later and the other records stay.
    """
    if not collector.fits(body):
        return None
    try:
        content: object = json.loads(body.decode("utf-8-sig"), parse_int=_whole_number)
    except UnicodeDecodeError:
        collector.reject(RejectReason.MALFORMED, "is not UTF-8", field="body", value=body[:20])
    except RecursionError:
        collector.reject(RejectReason.MALFORMED, "is nested too deeply", field="body", value=body[:20])
    except ValueError as error:
        collector.reject(RejectReason.MALFORMED, f"is not JSON: {error}", field="body", value=body[:20])
    else:
        if content is None:
            collector.reject(RejectReason.MALFORMED, "is empty", field="body", value=body[:20])
        return content
    return None


def _whole_number(digits: str) -> int | float:
    if len(digits) <= 18:
        return int(digits)
    return -math.inf if digits.startswith("-") else math.inf
