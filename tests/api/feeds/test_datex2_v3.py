from __future__ import annotations

import pytest
from lxml import etree

from api.feeds.formats import FORMATS
from api.feeds.port import RejectReason
from traffic_core.readings import BayReading

AT_S = 1_790_000_000.0
HEAD = """<d2:payload xmlns:d2="http://datex2.eu/schema/3/d2Payload" xmlns="http://datex2.eu/schema/3/parking"
 xmlns:com="http://datex2.eu/schema/3/common" xmlns:fac="http://datex2.eu/schema/3/facilities"
 xmlns:loc="http://datex2.eu/schema/3/locationReferencing" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 lang="de" modelBaseVersion="3" xsi:type="{type}">
 <com:publicationTime>2026-09-21T14:13:00Z</com:publicationTime>
 <com:publicationCreator><com:country>de</com:country><com:nationalIdentifier>DE-X</com:nationalIdentifier>
 </com:publicationCreator>"""
STATUS = (
    HEAD.format(type="ParkingStatusPublication")
    + """
 <parkingStatusInformation xsi:type="PlaceStatus">
  <fac:reference targetClass="fac:FacilityObject" id="G1" version="1"/>
  <fac:lastUpdated>2026-09-21T16:12:00+02:00</fac:lastUpdated><fac:openingStatus>open</fac:openingStatus>
  <occupancy><numberOfSpacesOverride>100</numberOfSpacesOverride><numberOfVacantSpaces>30</numberOfVacantSpaces>
   <numberOfOccupiedSpaces>70</numberOfOccupiedSpaces></occupancy><status>spacesAvailable</status>
 </parkingStatusInformation>
 <parkingStatusInformation xsi:type="PlaceStatus">
  <fac:reference targetClass="fac:FacilityObject" id="G2" version="1"/>
  <fac:openingStatus>closedOnMaintenance</fac:openingStatus>
  <status>full</status>
 </parkingStatusInformation>
 <parkingStatusInformation xsi:type="PlaceStatus">
  <fac:reference targetClass="fac:FacilityObject" id="G3" version="1"/>
  <fac:lastUpdated>2026-09-21T14:12:00Z</fac:lastUpdated><fac:openingStatus>open</fac:openingStatus>
  <parkingFault>erroneousOccupancyInformation</parkingFault>
  <occupancy><numberOfVacantSpaces>279</numberOfVacantSpaces></occupancy>
 </parkingStatusInformation>
 <parkingStatusInformation xsi:type="PlaceStatus">
  <fac:reference targetClass="fac:FacilityObject" id="G1" version="1"/>
  <fac:lastUpdated>2026-09-21T14:12:00Z</fac:lastUpdated>
  <occupancy><numberOfVacantSpaces>12</numberOfVacantSpaces></occupancy>
  <statusValidity xsi:type="ValidityByTime"><statusTime>2026-09-21T14:43:00Z</statusTime></statusValidity>
 </parkingStatusInformation>
 <parkingStatusInformation xsi:type="PlaceStatus">
  <fac:reference targetClass="fac:FacilityObject" id="G4" version="1"/>
  <occupancy><numberOfVehicles>5</numberOfVehicles></occupancy>
  <statusValidity xsi:type="ValidityByTime"><statusTime>2026-09-21T14:10:00Z</statusTime></statusValidity>
 </parkingStatusInformation>
 <parkingStatusInformation xsi:type="SpaceStatus">
  <fac:reference targetClass="fac:FacilityObject" id="B1" version="1"/>
  <occupied>true</occupied><measurementOrCalculationTime>2026-09-21T14:11:00Z</measurementOrCalculationTime>
 </parkingStatusInformation>
 <parkingStatusInformation xsi:type="SpaceStatus">
  <fac:reference targetClass="fac:FacilityObject" id="B2" version="1"/>
  <fac:lastUpdated>2026-09-21T14:12:30Z</fac:lastUpdated>
  <occupied>false</occupied><declarationValidNow>false</declarationValidNow>
 </parkingStatusInformation>
</d2:payload>"""
)
TABLE = (
    HEAD.format(type="ParkingTablePublication")
    + """
 <parkingTable id="t" version="1"><versionTime>2026-09-21T00:00:00Z</versionTime>
  <hierarchyElementGeneral xsi:type="Place" id="G1" version="1">
   <fac:name><com:values><com:value lang="de">Am Rathaus</com:value></com:values></fac:name>
   <fac:locationReference xsi:type="loc:PointLocation"><loc:pointByCoordinates><loc:pointCoordinates>
    <loc:latitude>48.69</loc:latitude><loc:longitude>9.14</loc:longitude>
   </loc:pointCoordinates></loc:pointByCoordinates></fac:locationReference>
   <layer>1</layer><type>place</type>
   <supply><quantity>100</quantity><viewType>spaceView</viewType></supply>
  </hierarchyElementGeneral>
  <hierarchyElementGeneral xsi:type="SubplaceElement" id="G1.1" version="1">
   <layer>2</layer><type>subplaceElement</type></hierarchyElementGeneral>
  <hierarchyElementGeneral xsi:type="Space" id="B1" version="1">
   <fac:locationReference xsi:type="loc:PointLocation">
    <loc:coordinatesForDisplay><loc:latitude>48.6</loc:latitude><loc:longitude>9.1</loc:longitude>
    </loc:coordinatesForDisplay></fac:locationReference>
   <layer>3</layer><type>space</type></hierarchyElementGeneral>
 </parkingTable>
</d2:payload>"""
)


def parse(text):
    return FORMATS["datex2_v3"].reader().parse(text.encode(), AT_S)


def test_status_of_places_becomes_readings():
    first, second, third, fourth = (r for r in parse(STATUS).readings if not isinstance(r, BayReading))
    assert (first.source_id, first.free_veh, first.occupied_veh, first.capacity_veh) == ("G1", 30, 70, 100)
    assert (first.is_open, first.measured_at_s) == (True, 1_789_999_920.0)
    assert (second.source_id, second.free_veh, second.is_open) == ("G2", 0, False)
    assert second.measured_at_s == 1_789_999_980.0  # nothing but the publication tells a time
    assert (third.source_id, third.free_veh, third.is_open) == ("G3", None, True)
    assert (fourth.source_id, fourth.occupied_veh, fourth.measured_at_s) == ("G4", 5, 1_789_999_800.0)


def test_forecasts_faults_and_invalid_states_are_refused_with_their_reason():
    assert [(r.source_id, r.reason) for r in parse(STATUS).rejects] == [
        ("G3", RejectReason.REPORTED_FAULT),
        ("G1", RejectReason.FORECAST),
        ("B2", RejectReason.NO_VALUE),
    ]


def test_status_of_spaces_becomes_states_of_bays():
    (bay,) = (r for r in parse(STATUS).readings if isinstance(r, BayReading))
    assert (bay.source_id, bay.occupied, bay.measured_at_s) == ("B1", True, 1_789_999_860.0)


def test_a_table_gives_places_and_bays_and_parts_of_places_are_none():
    result = parse(TABLE)
    place, bay = result.facilities
    assert (place.id, place.name, place.capacity_veh, place.position) == ("G1", "Am Rathaus", 100, (9.14, 48.69))
    assert (bay.id, bay.is_bay, bay.position) == ("B1", True, (9.1, 48.6))
    assert [(r.source_id, r.reason) for r in result.rejects] == [("G1.1", RejectReason.NOT_A_FACILITY)]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("<occupied>true</occupied>", "<occupied>perhaps</occupied>", RejectReason.WRONG_TYPE),
        ("<occupied>true</occupied>", "", RejectReason.MISSING_FIELD),
        ("2026-09-21T14:11:00Z", "2026-09-21T14:11:00", RejectReason.NAIVE_TIME),
        (">30<", ">many<", RejectReason.WRONG_TYPE),
        (">100<", ">-1<", RejectReason.OUT_OF_RANGE),
        ('id="G2"', "", RejectReason.MISSING_FIELD),
        ("2026-09-21T14:10:00Z", "2026-99-21T14:10:00Z", RejectReason.IMPOSSIBLE_TIME),
        ("ValidityByTime", "ValidityByOffset", RejectReason.FORECAST),
    ],
)
def test_a_bad_field_is_a_reject_with_its_reason_and_the_rest_stays(old, new, reason):
    result = parse(STATUS.replace(old, new))
    assert reason in {reject.reason for reject in result.rejects}
    assert len(result.readings) >= 4


def test_a_publication_of_version_2_is_none_of_version_3(facility_status):
    assert [r.reason for r in parse(facility_status).rejects] == [RejectReason.MALFORMED]
    older = FORMATS["datex2_v23"].reader().parse(STATUS.encode(), AT_S)
    assert [r.reason for r in older.rejects] == [RejectReason.MALFORMED]


EARLIER = (
    HEAD.format(type="ParkingStatusPublication")
    + """
 <parkingRecordStatus xsi:type="ParkingSiteStatus"><parkingRecordReference id="R1" version="1"/>
  <parkingStatusOriginTime>2026-09-21T14:12:00.472809998Z</parkingStatusOriginTime>
  <parkingOccupancy><parkingNumberOfVacantSpaces>174</parkingNumberOfVacantSpaces></parkingOccupancy>
  <parkingSiteOpeningStatus>open</parkingSiteOpeningStatus></parkingRecordStatus>
 <parkingTable id="t" version="1"><parkingRecord xsi:type="UrbanParkingSite" id="R1" version="4">
  <parkingName><com:values><com:value lang="de">Mitte</com:value></com:values></parkingName>
  <parkingNumberOfSpaces>500</parkingNumberOfSpaces></parkingRecord></parkingTable></d2:payload>"""
)


def test_records_of_earlier_versions_3_are_read_like_those_of_version_2():
    result = parse(EARLIER)
    assert [(r.source_id, r.free_veh, r.is_open) for r in result.readings] == [("R1", 174, True)]
    assert [(f.id, f.name, f.capacity_veh) for f in result.facilities] == [("R1", "Mitte", 500)]
    assert result.rejects == ()


@pytest.mark.shared
@pytest.mark.parametrize("text", [STATUS, TABLE])
def test_the_documents_of_these_tests_follow_the_schema_of_version_37(text, shared_data):
    path = shared_data / "datex2" / "schema" / "3.7" / "DATEXII_3_D2Payload.xsd"
    schema = etree.XMLSchema(etree.parse(str(path)))
    schema.assertValid(etree.fromstring(text.encode()))
