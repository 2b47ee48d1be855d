// What stands on the map as buttons: signals, car parks, signs.  Drawn as HTML over the canvas, so that
// keyboard and screen reader reach them; positions follow the map without redrawing the buttons.

import { facilityNow, signNow, signalNow } from "./effective.js";
import { number, t, word } from "./i18n.js";
import { districts } from "./mapstyle.js";
import { place } from "./placement.js";
import { facilityText, facilityShort } from "./facilities.js";
import { miniSize, SignFace, SignMini, signSize, signText } from "./signs.js";
import { SignalDisc } from "./signals.js";
import { html, render } from "./ui.js";

/** Car parks with fewer places appear only when the map shows streets one by one. */
const MINOR_VEH = 25;
const STREETS_ZOOM = 13.7;
const TOWN_ZOOM = 12.7;
const DISTRICT_ZOOM = 15;

/** How things are drawn at this zoom: far away as tokens, then without names, then as at the roadside. */
function lookAt(zoom) {
  const disc = Math.min(Math.max(13 + (zoom - 12.5) * 6, 13), 30);
  if (zoom < TOWN_ZOOM) return { disc, mini: true, badge: { size: "small", height: 19, letter: 6.6, base: 25 } };
  const badge = { size: "normal", height: 24, letter: 8.2, base: 33 };
  if (zoom < STREETS_ZOOM) return { disc, badge, face: { scale: 0.5, compact: true } };
  return { disc, badge, face: { scale: Math.min(0.6 + (zoom - STREETS_ZOOM) * 0.12, 0.9), compact: false } };
}

function boxOfSign(sign, look) {
  if (look.mini) return miniSize(sign);
  const { width, height } = signSize(sign, look.face.compact);
  return { width: width * look.face.scale, height: height * look.face.scale };
}

function thingsOf(state, zoom) {
  const look = lookAt(zoom);
  const { base, letter, height } = look.badge;
  const wrap = (kind, id, item, size) => ({ key: `${kind}:${id}`, kind, id, item, size, at: [item.lon, item.lat] });
  const sited = (items) => [...items.values()].filter((item) => Number.isFinite(item.lon) && Number.isFinite(item.lat));
  const shown = (facility) => zoom >= STREETS_ZOOM || !(facility.capacity_veh < MINOR_VEH);
  return {
    look,
    signals: sited(state.signals).map(signalNow).map((item) => wrap("signal", item.junction_id, item, { width: look.disc, height: look.disc })),
    facilities: sited(state.facilities).map(facilityNow).filter(shown)
      .map((item) => wrap("facility", item.facility_id, item, { width: base + facilityShort(item).length * letter, height })),
    signs: sited(state.signs).map(signNow).map((item) => wrap("sign", item.sign_id, item, boxOfSign(item, look))),
    districts: zoom >= TOWN_ZOOM && zoom < DISTRICT_ZOOM ? districts(sited(state.facilities)).map((item) => wrap("district", item.name, item, { width: item.name.length * 12.5 + 8, height: 18 })) : [],
  };
}

const isPicked = (state, thing) => state.selected?.kind === thing.kind && state.selected.id === thing.id;

function Thing({ thing, label, state, pick, children }) {
  return html`
    <li class=${`thing thing-${thing.kind} ${isPicked(state, thing) ? "is-picked" : ""}`} data-key=${thing.key}>
      <button type="button" aria-label=${label} title=${thing.item.name} aria-pressed=${isPicked(state, thing)}
              onClick=${(event) => { event.stopPropagation(); pick(thing.kind, thing.id, event.currentTarget); }}>${children}</button>
    </li>`;
}

function Overlay({ state, things, pick }) {
  const pointing = [...things.facilities, ...things.signs];
  return html`
    <svg class="leaders" aria-hidden="true">${pointing.map(({ key, kind }) => html`<g key=${key} data-leader=${key} class=${`leader leader-${kind}`}><line /><circle r="3" /></g>`)}</svg>
    <div aria-hidden="true">${things.districts.map(({ key, item }) => html`<span key=${key} class="thing district" data-key=${key}>${item.name}</span>`)}</div>
    <ul aria-label=${t("signals")}>${things.signals.map((thing) => html`
      <${Thing} key=${thing.key} thing=${thing} state=${state} pick=${pick}
        label=${`${t("signal")} ${thing.item.name}: ${t("stage")} ${thing.item.stage_id ?? t("transition")}`}>
        <${SignalDisc} signal=${thing.item} size=${thing.size.width} /><//>`)}</ul>
    <ul aria-label=${t("parking")}>${things.facilities.map((thing) => html`
      <${Thing} key=${thing.key} thing=${thing} state=${state} pick=${pick}
        label=${`${t("facility")} ${thing.item.name}: ${facilityText(thing.item)}, ${word("quality", thing.item.quality)}`}>
        <span class=${`badge badge-${thing.item.display} badge-${things.look.badge.size}`} style=${{ width: `${thing.size.width}px` }}><b>P</b><span>${facilityShort(thing.item)}</span></span><//>`)}</ul>
    <ul aria-label=${t("signs")}>${things.signs.map((thing) => html`
      <${Thing} key=${thing.key} thing=${thing} state=${state} pick=${pick} label=${signText(thing.item)}>
        ${things.look.mini ? html`<${SignMini} sign=${thing.item} />` : html`<${SignFace} sign=${thing.item} ...${things.look.face} decorative />`}<//>`)}</ul>`;
}

/** Markers of a map.  `draw(state)` after news; positions follow by themselves. */
export function markers(map, pick) {
  const root = document.createElement("div");
  root.className = "markers";
  map.getCanvasContainer().append(root);
  let things = null;
  let offsets = new Map();
  let arranged = "";

  function arrange() {
    const frame = map.getContainer().getBoundingClientRect();
    const project = (thing) => map.project(thing.at);
    const box = (thing) => { const p = project(thing); return { x: p.x - thing.size.width / 2, y: p.y - thing.size.height / 2, ...thing.size }; };
    const controls = [...map.getContainer().parentElement.querySelectorAll(".map-buttons, .legend")].map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return { x: x - frame.x, y: y - frame.y, width, height };
    });
    const items = [
      ...things.facilities.map((thing) => ({ id: thing.key, point: project(thing), size: thing.size, mayCover: true })),
      ...things.signs.map((thing) => ({ id: thing.key, point: project(thing), size: thing.size, mayCover: false })),
      ...things.districts.map((thing) => ({ id: thing.key, point: project(thing), size: thing.size, mayCover: true })),
    ];
    offsets = place(items, things.signals.map(box), controls, { x: 4, y: 4, width: frame.width - 8, height: frame.height - 8 });
  }

  function move() {
    if (!things) return;
    const byKey = new Map([...things.signals, ...things.facilities, ...things.signs, ...things.districts].map((thing) => [thing.key, thing]));
    const offset = (thing) => offsets.get(thing.key) ?? { dx: -thing.size.width / 2, dy: -thing.size.height / 2 };
    for (const element of root.querySelectorAll(".thing")) {
      const thing = byKey.get(element.dataset.key);
      const point = map.project(thing.at);
      const { dx, dy } = offset(thing);
      element.style.transform = `translate(${(point.x + dx).toFixed(1)}px, ${(point.y + dy).toFixed(1)}px)`;
    }
    for (const group of root.querySelectorAll(".leader")) {
      const thing = byKey.get(group.dataset.leader);
      const point = map.project(thing.at);
      const { dx, dy } = offset(thing);
      const [line, dot] = group.children;
      const ends = { x1: point.x, y1: point.y, x2: point.x + dx + thing.size.width / 2, y2: point.y + dy + thing.size.height / 2 };
      for (const [name, value] of Object.entries(ends)) line.setAttribute(name, value.toFixed(1));
      dot.setAttribute("cx", ends.x1.toFixed(1));
      dot.setAttribute("cy", ends.y1.toFixed(1));
    }
  }

  /** Boxes are placed anew when the zoom or their number or size changes, not on every second. */
  function draw(state) {
    const zoom = map.getZoom();
    things = thingsOf(state, zoom);
    render(html`<${Overlay} state=${state} things=${things} pick=${pick} />`, root);
    const sizes = [...things.facilities, ...things.signs, ...things.districts].map((thing) => `${thing.key}${Math.round(thing.size.width)}`).join();
    const { clientWidth, clientHeight } = map.getContainer();
    const arrangement = `${zoom.toFixed(2)} ${number(clientWidth)} ${number(clientHeight)} ${sizes} ${things.signals.length}`;
    if (arrangement !== arranged && clientWidth > 0) {
      arranged = arrangement;
      arrange();
    }
    move();
  }

  map.on("move", move);
  return { draw };
}
