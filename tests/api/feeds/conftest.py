"""Small bodies of the shapes that real publishers send, all written for these tests, and a server that misbehaves."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

RECEIVED_AT_S = 1_790_000_000.0

FACILITY_STATUS = """<?xml version="1.0" encoding="UTF-8"?>
<d2LogicalModel xmlns="http://datex2.eu/schema/2/2_0" modelBaseVersion="2">
 <payloadPublication lang="de"><publicationTime>2026-09-21T12:00:00+02:00</publicationTime>
 <genericPublicationExtension><parkingFacilityTableStatusPublication>
  <parkingFacilityStatus>
   <parkingFacilityReference id="7001" targetClass="ParkingFacility" version="1.0"/>
   <parkingFacilityStatus>spacesAvailable</parkingFacilityStatus><parkingFacilityStatus>open</parkingFacilityStatus>
   <parkingFacilityStatusTime>2026-09-21T11:59:30.250+02:00</parkingFacilityStatusTime>
   <totalNumberOfOccupiedParkingSpaces>80</totalNumberOfOccupiedParkingSpaces>
   <totalNumberOfVacantParkingSpaces>40</totalNumberOfVacantParkingSpaces>
  </parkingFacilityStatus>
  <parkingFacilityStatus>
   <parkingFacilityReference id="7002" targetClass="ParkingFacility" version="1.0"/>
   <parkingFacilityStatus>closed</parkingFacilityStatus><parkingFacilityStatus>spacesAvailable</parkingFacilityStatus>
   <parkingFacilityStatusTime>2026-09-21T11:59:31+02:00</parkingFacilityStatusTime>
   <totalNumberOfVacantParkingSpaces>9</totalNumberOfVacantParkingSpaces>
   <totalParkingCapacityOverride>50</totalParkingCapacityOverride>
  </parkingFacilityStatus>
  <parkingFacilityStatus>
   <parkingFacilityReference id="7003" targetClass="ParkingFacility" version="1.0"/>
   <parkingFacilityStatus>statusUnknown</parkingFacilityStatus>
   <parkingFacilityStatusTime>2026-09-21T11:59:31+02:00</parkingFacilityStatusTime>
  </parkingFacilityStatus>
  <parkingFacilityStatus>
   <parkingFacilityReference id="7004" targetClass="ParkingFacility" version="1.0"/>
   <parkingFacilityStatus>full</parkingFacilityStatus><parkingFacilityStatus>open</parkingFacilityStatus>
   <parkingFacilityStatusTime>2026-09-21T11:59:31+02:00</parkingFacilityStatusTime>
  </parkingFacilityStatus>
 </parkingFacilityTableStatusPublication></genericPublicationExtension></payloadPublication>
</d2LogicalModel>"""

FACILITY_TABLE = """<m:d2LogicalModel xmlns:m="http://datex2.eu/schema/2/2_0"><m:payloadPublication>
 <m:parkingFacilityTablePublication><m:parkingFacilityTable>
  <m:parkingFacility id="7001" version="1.0">
   <m:parkingFacilityName><m:values><m:value>Am Rathaus</m:value></m:values></m:parkingFacilityName>
   <m:totalParkingCapacity>120</m:totalParkingCapacity>
   <m:facilityLocation><m:locationForDisplay>
    <m:latitude>5402496.0</m:latitude><m:longitude>512788.0</m:longitude></m:locationForDisplay></m:facilityLocation>
  </m:parkingFacility>
  <m:parkingFacility id="7002" version="1.0">
   <m:parkingFacilityName><m:values><m:value>Markt</m:value></m:values></m:parkingFacilityName>
   <m:totalParkingCapacity>0</m:totalParkingCapacity>
   <m:facilityLocation><m:locationForDisplay>
    <m:latitude>48.69</m:latitude><m:longitude>9.17</m:longitude></m:locationForDisplay></m:facilityLocation>
  </m:parkingFacility>
  <m:parkingFacility id="7003" version="1.0">
   <m:totalParkingCapacity>12</m:totalParkingCapacity>
   <m:facilityLocation><m:locationForDisplay>
    <m:latitude>5402496.0</m:latitude><m:longitude>3512788.0</m:longitude></m:locationForDisplay></m:facilityLocation>
  </m:parkingFacility>
 </m:parkingFacilityTable></m:parkingFacilityTablePublication></m:payloadPublication></m:d2LogicalModel>"""

RECORD_STATUS = """<d2LogicalModel xmlns="http://datex2.eu/schema/2/2_0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <payloadPublication><publicationTime>2026-09-21T12:00:00+02:00</publicationTime><parkingStatusPublication>
  <parkingRecordStatus xsi:type="ParkingFacilityStatus">
   <parkingRecordReference id="31" targetClass="ParkingFacility" version="1"/>
   <parkingOccupancy><parkingNumberOfSpacesOverride>30</parkingNumberOfSpacesOverride>
    <parkingNumberOfVacantSpaces>12</parkingNumberOfVacantSpaces>
    <parkingNumberOfOccupiedSpaces>18</parkingNumberOfOccupiedSpaces></parkingOccupancy>
  </parkingRecordStatus>
  <parkingRecordStatus xsi:type="ParkingSiteStatus">
   <parkingRecordReference id="32" targetClass="ParkingFacility" version="1"/>
   <parkingStatusOriginTime>2026-09-21T09:58:00Z</parkingStatusOriginTime>
   <parkingOccupancy><parkingNumberOfVacantSpaces>3</parkingNumberOfVacantSpaces></parkingOccupancy>
   <parkingSiteOpeningStatus>closedAbnormal</parkingSiteOpeningStatus>
  </parkingRecordStatus>
  <parkingRecordStatus xsi:type="ParkingSiteStatus">
   <parkingRecordReference id="32" targetClass="ParkingFacility" version="1"/>
   <parkingStatusOriginTime>2026-09-21T09:58:00Z</parkingStatusOriginTime>
   <parkingOccupancy><parkingNumberOfVacantSpaces>8</parkingNumberOfVacantSpaces></parkingOccupancy>
   <parkingStatusValidity><parkingStatusValidityStatus>active</parkingStatusValidityStatus></parkingStatusValidity>
  </parkingRecordStatus>
 </parkingStatusPublication></payloadPublication></d2LogicalModel>"""

Handler = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
def facility_status() -> str:
    return FACILITY_STATUS


@pytest.fixture
def facility_table() -> str:
    return FACILITY_TABLE


@pytest.fixture
def record_status() -> str:
    return RECORD_STATUS


@pytest.fixture
def received_at_s() -> float:
    return RECEIVED_AT_S


@pytest.fixture
def serving():
    """Context manager that serves a handler on a free port of this machine and gives its address."""

    @asynccontextmanager
    async def serve(handler: Handler) -> AsyncIterator[str]:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                request = await reader.readuntil(b"\r\n\r\n")
                await handler(request, writer)
                await writer.drain()
            except (ConnectionError, asyncio.IncompleteReadError):
                pass  # the client left, which is what some tests are about
            finally:
                writer.close()

        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()

    return serve


@pytest.fixture
def respond():
    """Bytes of an HTTP answer that ends with its connection."""

    def answer(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
        lines = [f"HTTP/1.1 {status}", "Connection: close", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    return answer


class _Answers(BaseHTTPRequestHandler):
    """Answers each path as its function says; `server.seen` keeps the requests."""

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers)))
        with suppress(BrokenPipeError, ConnectionResetError):  # the client may have had enough
            self.server.answers[self.path.partition("?")[0]](self)

    def say(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Nothing to the terminal."""


@pytest.fixture
def town_server():
    """A server in a thread of its own: put functions of the handler into `answers`; `address` is where it listens."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    server.daemon_threads = True
    server.answers, server.seen = {}, []
    server.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
