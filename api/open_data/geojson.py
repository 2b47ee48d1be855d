"""Car parks as GeoJSON (RFC 7946): every one of the town's own, unknown figures as null."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.wire.base import instant_text

if TYPE_CHECKING:
    from api.open_data.site import Edition, Site


def parking_geojson(edition: Edition) -> dict[str, object]:
    """Feature collection with who publishes and under which licence as foreign members."""
    publisher = edition.publisher
    return {
        "type": "FeatureCollection",
        "as_of": instant_text(edition.as_of_s),
        "publisher": publisher.name,
        "licence": publisher.licence,
        "attribution": list(publisher.attribution),
        "simulated": publisher.simulated,
        "features": [_feature(site) for site in edition.sites],
    }


def _feature(site: Site) -> dict[str, object]:
    return {
        "type": "Feature",
        "id": site.facility.id,
        "geometry": {"type": "Point", "coordinates": list(site.facility.position)},
        "properties": {
            "name": site.facility.name,
            "district": site.facility.district,
            "kind": site.facility.kind.value,
            "capacity": site.capacity_veh,
            "free": site.free_veh,
            "display": None if site.now is None else site.now.display,
            "quality": None if site.now is None else site.now.quality,
            "measured_at": site.as_of,
            "fee_eur_h": site.use.fee_eur_h,
        },
    }
