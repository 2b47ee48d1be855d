"""Reads the open data of a running service with `parkapi-sources`, the reader behind MobiData BW.

    python benchmarks/peer_parkapi.py http://127.0.0.1:8080

The package wants an environment of its own (`pip install parkapi-sources`, written for 0.24).  Prints for every
document how many records it held, how many were read, and each error; the exit code is 1 where there was any.
"""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from lxml import etree
from parkapi_sources.converters.base_converter.datex2 import ParkingRecordStatusMixin, UrbanParkingSiteMixin
from parkapi_sources.converters.base_converter.push import ParkApiConverter
from parkapi_sources.converters.herrenberg import HerrenbergPullConverter
from parkapi_sources.models import SourceInfo
from parkapi_sources.util import ConfigHelper, RequestHelper, XMLHelper

CITY = "leinfelden_echterdingen"


class Datex2(UrbanParkingSiteMixin, ParkingRecordStatusMixin):
    """The generic readers of DATEX II 2.3, without a source of their own."""

    source_info = SourceInfo(uid="stadttakt", name="Stadttakt", has_realtime_data=True)
    xml_helper = XMLHelper()

    def table(self, body: bytes) -> tuple[list[Any], list[Any]]:
        """Static sites and errors."""
        return self._handle_static_xml_data(etree.fromstring(body))

    def status(self, body: bytes) -> tuple[list[Any], list[Any]]:
        """Live states and errors."""
        return self._handle_realtime_xml_data(etree.fromstring(body))


class Version3(ParkApiConverter):
    """The generic reader of ParkAPI 3."""

    source_info = SourceInfo(uid="stadttakt", name="Stadttakt", has_realtime_data=True)


class Version1(HerrenbergPullConverter):
    """The reader of a source that has the form of ParkAPI 1."""

    def __init__(self, document: dict[str, Any]) -> None:
        helper = ConfigHelper({"STATIC_GEOJSON_BASE_URL": "", "STATIC_PATCH_DIR": None})
        super().__init__(config_helper=helper, request_helper=RequestHelper(helper))
        self._document = document

    def request_get(self, **_ignored: object) -> SimpleNamespace:  # type: ignore[override]
        """The document at hand instead of a request."""
        return SimpleNamespace(json=lambda: json.loads(json.dumps(self._document)))


def _get(address: str) -> bytes | None:
    try:
        with urlopen(address, timeout=10) as answer:  # noqa: S310  # an address that the user gave
            body: bytes = answer.read()
            return body
    except HTTPError as error:
        print(f"{address}: {error.code} {error.read().decode()}")
        return None


def _say(name: str, held: int, read: int, errors: list[Any]) -> int:
    print(f"{name}: {held} records, {read} read, {len(errors)} errors")
    for error in errors:
        print(f"  {error}")
    return len(errors)


def main(base: str) -> int:
    """Read every document; return the number of errors."""
    failed = 0
    reader = Datex2()
    for name, parse, tag in (
        ("table", reader.table, "parkingRecord"),
        ("status", reader.status, "parkingRecordStatus"),
    ):
        body = _get(f"{base}/v1/open/datex2/v2.3/{name}.xml")
        if body is not None:
            inputs, errors = parse(body)
            failed += _say(
                f"DATEX II 2.3 {name}", len(etree.fromstring(body).findall(f".//{{*}}{tag}")), len(inputs), errors
            )
    body = _get(f"{base}/v1/open/parkapi/v3/sites")
    if body is not None:
        document = json.loads(body)
        helper = ConfigHelper({})
        inputs, errors = Version3(config_helper=helper, request_helper=RequestHelper(helper)).handle_json(document)
        failed += _say("ParkAPI 3 (static and live inputs)", len(document["items"]), len(inputs), errors)
    body = _get(f"{base}/v1/open/parkapi/v1/{CITY}")
    if body is not None:
        document = json.loads(body)
        reader_1 = Version1(document)
        static, errors = reader_1.get_static_parking_sites()
        failed += _say("ParkAPI 1 static", len(document["lots"]), len(static), errors)
        live, errors = reader_1.get_realtime_parking_sites()
        failed += _say("ParkAPI 1 live (all but nodata)", len(document["lots"]), len(live), errors)
    return failed


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080") else 0)
