"""The composition root: joins clock, town, bus, store and rooms to one service."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from api.board import Board, encode
from api.city import City
from api.condition import ServiceCondition, metrics_of
from api.feed_runner import FeedRunner
from api.history import History
from api.http.live import Live
from api.intake import Intake
from api.loop import ControlLoop
from api.open_data.desk import OpenData
from api.open_data.site import Publisher
from api.signals_desk import SignalsDesk
from api.wire.geojson import network_document
from api.wire.publications import ModelLabel
from parking.guidance import Guidance
from parking.picture import known_sources, sign_drive_times_s
from signal_plans.adaptive.town_sensors import adaptive_town
from signal_plans.control import SignalControl
from signal_plans.settings import SignalSettings
from traffic_core.quality_gate import KnownSources, QualityGate

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.bus.port import Bus
    from api.clock import Clock
    from api.http.keys import KeyRing
    from api.store.recorder import Recorder
    from api.town import Town
    from api.wire.readings import BatchAnswer
    from signal_plans.adaptive.town_sensors import AdaptiveTown


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The parts of one running service."""

    clock: Clock
    town: Town
    city: City
    gate: QualityGate
    intake: Intake
    loop: ControlLoop
    live: Live


def assemble(
    town: Town, clock: Clock, bus: Bus, recorder: Recorder, keys: KeyRing, feeds: FeedRunner | None = None
) -> Service:
    """Join the parts; nothing runs yet."""
    pushed = feeds or FeedRunner([])
    board = Board()
    adaptive = adaptive_town(town.network, town.junctions, town.area_detectors)
    control = _control(town, adaptive)
    city = City(town, None if adaptive is None else adaptive.sensors)
    gate = QualityGate(_known_sources(town))
    intake = Intake(clock, gate, city, recorder, bus)
    loop = ControlLoop(
        clock=clock,
        town=town,
        city=city,
        control=control,
        guidance=Guidance(town.parking, drive_time_s=sign_drive_times_s(town.network, town.parking)),
        board=board,
        history=History(recorder, intake),
        bus=bus,
    )
    condition = ServiceCondition(clock, board, loop, bus, recorder)
    label = ModelLabel(id=town.info.id, name=town.info.name, label_de=town.info.label_de, label_en=town.info.label_en)

    async def push(feed_id: str, body: bytes, may_report: Callable[[str], bool]) -> BatchAnswer:
        result = await pushed.push(feed_id, body, clock.now_s())
        return await intake.acknowledge(intake.take_result(result, may_report))

    live = Live(
        clock=clock,
        board=board,
        info=town.info,
        label=label,
        network=encode(network_document(town.network, label.model_dump(), town.info.bbox)),
        keys=keys,
        receive=intake.receive,
        push=push,
        counters=intake.counters,
        condition=condition,
        metrics=metrics_of(condition, intake, pushed.outcomes),
        signals=None if control is None else SignalsDesk(control, clock, recorder),
        open_data=OpenData(_publisher(town), town.parking, board, clock),
    )
    return Service(clock=clock, town=town, city=city, gate=gate, intake=intake, loop=loop, live=live)


def _publisher(town: Town) -> Publisher:
    west, south, east, north = town.info.bbox
    return Publisher(
        id=town.info.id,
        name=town.info.name,
        position=((west + east) / 2.0, (south + north) / 2.0),
        attribution=tuple(town.info.attribution),
        licence=town.info.licence,
        simulated=town.simulated,
    )


def _known_sources(town: Town) -> KnownSources:
    reach_m = {detector.id: detector.reach_m for detector in town.area_detectors}
    return replace(known_sources(town.network, town.parking), area_reach_m=reach_m)


def _control(town: Town, adaptive: AdaptiveTown | None) -> SignalControl | None:
    if not town.junctions:
        return None
    return SignalControl(
        town.junctions,
        town.network,
        SignalSettings(),
        town.selection,
        adaptive=None if adaptive is None else adaptive.control,
    )
