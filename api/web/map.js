// The map: network coloured by load, and the markers over it.

import * as maplibre from "./vendor/maplibre/maplibre-gl.mjs";
import { t } from "./i18n.js";
import { Legend } from "./legend.js";
import { drawableLinks, drawableNodes, mapStyle } from "./mapstyle.js";
import { markers } from "./markers.js";
import { state, subscribe } from "./store.js";
import { html, useEffect, useRef, useState } from "./ui.js";

const NEAR_PX = 6;
const dark = matchMedia("(prefers-color-scheme: dark)");
const still = matchMedia("(prefers-reduced-motion: reduce)");

function boundsOf(network) {
  if (Array.isArray(network.bbox) && network.bbox.length === 4) return network.bbox;
  const points = network.features.filter((f) => f.geometry.type === "Point").map((f) => f.geometry.coordinates);
  const [lon, lat] = [0, 1].map((axis) => points.map((point) => point[axis]));
  return [Math.min(...lon), Math.min(...lat), Math.max(...lon), Math.max(...lat)];
}

/** Where the signs, signals and car parks are: the part of the model people look at first. */
function townOf(network) {
  const shown = [...state.signs.values(), ...state.facilities.values(), ...state.signals.values()]
    .filter((item) => item.kind !== "external" && Number.isFinite(item.lon) && Number.isFinite(item.lat));
  if (shown.length < 2) return boundsOf(network);
  const lon = shown.map((item) => item.lon);
  const lat = shown.map((item) => item.lat);
  return [Math.min(...lon), Math.min(...lat), Math.max(...lon), Math.max(...lat)];
}

/** Everything that keeps the canvas in step with the store. */
function follow(map, pick) {
  const shown = { network: null, loads: null, picked: null, fitted: null, settled: false };
  const over = markers(map, pick);

  function showNetwork() {
    shown.network = state.network;
    shown.loads = null;
    map.getSource("links").setData(drawableLinks(state.network));
    map.getSource("nodes").setData(drawableNodes(state.network));
  }

  /** Once the network is there, and once more when the things on it are: then the town fills the map. */
  function showTown() {
    const extent = townOf(state.network).join();
    if (shown.fitted === extent || shown.settled) return;
    shown.fitted = extent;
    shown.settled = state.signs.size > 0 && state.facilities.size > 0 && state.signals.size > 0;
    fit(map, false);
  }

  function showLoads() {
    shown.loads = state.loads;
    map.removeFeatureState({ source: "links" });
    for (const [id, { load }] of state.loads) map.setFeatureState({ source: "links", id }, { load: load ?? -1 });
    shown.picked = null;
  }

  function showPicked() {
    const id = state.selected?.kind === "link" ? state.selected.id : null;
    if (id === shown.picked) return;
    if (shown.picked) map.setFeatureState({ source: "links", id: shown.picked }, { picked: false });
    if (id) map.setFeatureState({ source: "links", id }, { picked: true });
    shown.picked = id;
  }

  function update() {
    if (!map.getSource("links")) return;
    if (state.network && state.network !== shown.network) showNetwork();
    if (state.network) showTown();
    if (state.loads !== shown.loads) showLoads();
    showPicked();
    over.draw(state);
  }

  function reset() {
    Object.assign(shown, { network: null, loads: null, picked: null });
  }
  return { update, reset };
}

function fit(map, animate) {
  const [west, south, east, north] = townOf(state.network);
  const narrow = map.getContainer().clientWidth < 600;
  const padding = narrow ? 34 : { top: 70, bottom: 70, left: 90, right: 90 };
  map.fitBounds([[west, south], [east, north]], { padding, maxZoom: 16, animate: animate && !still.matches });
}

function wireClicks(map, pick) {
  map.on("click", (event) => {
    const { x, y } = event.point;
    const hits = map.queryRenderedFeatures([[x - NEAR_PX, y - NEAR_PX], [x + NEAR_PX, y + NEAR_PX]], { layers: ["roads"] });
    if (hits.length > 0) pick("link", hits[0].properties.id, null);
  });
  map.on("mousemove", (event) => {
    const over = map.queryRenderedFeatures(event.point, { layers: ["roads"] }).length > 0;
    map.getCanvas().style.cursor = over ? "pointer" : "";
  });
}

function create(container, pick) {
  const map = new maplibre.Map({
    container, style: mapStyle(dark.matches), center: [9.15, 48.69], zoom: 12.5, minZoom: 9, maxZoom: 18.5,
    attributionControl: false, dragRotate: false, pitchWithRotate: false, maxPitch: 0, touchPitch: false, fadeDuration: 0, locale: { "Map.Title": t("mapLabel") },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  const view = follow(map, pick);
  const stop = subscribe(view.update);
  map.on("load", view.update);
  map.on("zoomend", view.update);
  map.on("resize", view.update);
  dark.addEventListener("change", () => {
    view.reset();
    map.setStyle(mapStyle(dark.matches), { diff: false });
    map.once("styledata", view.update);
  });
  wireClicks(map, pick);
  return { map, stop };
}

/** The map with its buttons and legend; stays alive while hidden. */
export function MapView({ hidden, pick }) {
  const box = useRef(null);
  const held = useRef(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    try {
      held.current = create(box.current, pick);
    } catch (error) {
      console.warn("no map", String(error));
      setFailed(true);
      return undefined;
    }
    return () => { held.current.stop(); held.current.map.remove(); };
  }, []);
  useEffect(() => { if (!hidden) held.current?.map.resize(); }, [hidden]);
  useEffect(() => held.current?.map.getCanvas().setAttribute("aria-label", t("mapLabel")), [state.lang]);
  const zoom = (step) => held.current?.map.zoomTo(held.current.map.getZoom() + step, { animate: !still.matches });
  return html`
    <section class="map" hidden=${hidden} aria-label=${t("map")}>
      <div class="map-canvas" ref=${box}></div>
      ${failed && html`<p class="map-failed">${t("mapFailed")}</p>`}
      <div class="map-buttons">
        <button type="button" onClick=${() => zoom(0.8)} aria-label=${t("zoomIn")} title=${t("zoomIn")}>+</button>
        <button type="button" onClick=${() => zoom(-0.8)} aria-label=${t("zoomOut")} title=${t("zoomOut")}>−</button>
        <button type="button" onClick=${() => held.current && state.network && fit(held.current.map, true)} aria-label=${t("wholeTown")} title=${t("wholeTown")}>⌂</button>
      </div>
      <${Legend} />
    </section>`;
}
