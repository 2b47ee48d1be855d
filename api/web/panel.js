// The side panel: everything about the chosen thing and why it is so; the overview when nothing is chosen.

import { age_s, facilityNow, signNow, signalNow } from "./effective.js";
import { facilityShort, facilityText } from "./facilities.js";
import { duration, number, own, percent, reasonOf, signed, t, time, word } from "./i18n.js";
import { loadClass } from "./mapstyle.js";
import { Overview } from "./overview.js";
import { SignFace } from "./signs.js";
import { groupRows, Lamps, SignalDisc, TimingDiagram } from "./signals.js";
import { html, useEffect, useRef } from "./ui.js";

/** Pairs of a word and a value; pairs without a value are left out. */
function Facts({ pairs }) {
  const given = pairs.filter(([, value]) => value !== null && value !== undefined);
  return html`<dl class="facts">${given.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function Why({ item }) {
  return html`<p class="why"><strong>${t("why")}:</strong> ${reasonOf(item)}</p>`;
}

function Quality({ quality }) {
  return html`<span class=${`quality quality-${quality}`}>${word("quality", quality)}</span>`;
}

function SignDetails({ item, state }) {
  const sign = signNow(item);
  return html`
    <div class="stage-set"><${SignFace} sign=${sign} scale=${1} /></div>
    <p class=${sign.expired ? "validity is-over" : "validity"}>
      ${t("validUntil")} <time datetime=${sign.valid_until}>${time(sign.valid_until)}</time>${sign.expired ? ` – ${t("expired")}` : ""}</p>
    ${sign.rows.map((row, place) => html`
      <section class="row-card" key=${place}>
        <h3>${own(row, "label")} <small>${word("arrow", row.arrow)}</small>${row.recommended && html` <span class="tag">${t("recommended")}</span>`}</h3>
        <p>${row.display === "neutral" ? word("display", "neutral") : own(row, "text")} · <${Quality} quality=${row.quality} />
          ${row.age_s !== null && ` · ${t("age")} ${duration(age_s(item, row.age_s))}`}
          ${!sign.expired && Number.isFinite(row.p_free) && ` · ${t("onArrival")} ${percent(row.p_free)}`}</p>
        <${Why} item=${row} />
      </section>`)}
    <${Facts} pairs=${[[t("issuedAt"), time(sign.issued_at)], [t("sequence"), sign.sequence], [t("content"), sign.content_id]]} />
    <p><a class="as-link" href=${`/v1/signs/${encodeURIComponent(sign.sign_id)}/preview.svg?lang=${state.lang}`} target="_blank" rel="noopener">${t("picture")}</a></p>`;
}

function FacilityDetails({ item, state, pick }) {
  const facility = facilityNow(item);
  const signs = [...state.signs.values()].filter((sign) => sign.rows.some((row) => row.facility_ids.includes(facility.facility_id)));
  const measured = facility.measured_at ? age_s(item, facility.age_s) : null;
  return html`
    <p class=${`headline value-${facility.display}`}><b class="p">P</b> <span>${facilityShort(facility)}</span>
      <small>${facility.display === "number" ? t("freePlaces") : facilityText(facility)}</small></p>
    <${Why} item=${facility} />
    ${facility.fault && html`<p class="why is-fault"><strong>${t("fault")}:</strong> ${own(facility, "fault")}
      <small> ${t("since")} <time datetime=${facility.fault_since}>${time(facility.fault_since)}</time> · ${word("fault", facility.fault)}</small></p>`}
    <${Facts} pairs=${[
      [t("capacity"), facility.capacity_veh === null ? t("unknown") : number(facility.capacity_veh)],
      [t("trend"), Number.isFinite(facility.trend_veh_h) ? `${signed(facility.trend_veh_h)} / h` : null],
      [t("quality"), html`<${Quality} quality=${facility.quality} />`],
      [t("refused"), facility.refused ? own(facility, "refused") : null],
      [t("uncertainty"), Number.isFinite(facility.sigma_veh) ? `± ${number(facility.sigma_veh)}` : null],
      [t("drift"), Number.isFinite(facility.drift_veh) ? `${signed(facility.drift_veh)} ${t("veh")}` : null],
      [t("age"), measured === null ? t("none") : duration(measured)],
      [t("measuredAt"), facility.measured_at ? time(facility.measured_at) : t("none")],
      [t("status"), facility.is_open === null || facility.is_open === undefined ? t("unknown") : t(facility.is_open ? "open" : "closedState")],
      [t("kind"), word("kind", facility.kind)],
      [t("district"), facility.district],
    ]} />
    ${signs.length > 0 && html`<h3>${t("signsFor")}</h3><ul class="links">${signs.map((sign) => html`
      <li key=${sign.sign_id}><button type="button" class="as-link" onClick=${(event) => pick("sign", sign.sign_id, event.currentTarget)}>${sign.name}</button></li>`)}</ul>`}`;
}

function SignalDetails({ item }) {
  const signal = signalNow(item);
  return html`
    <p class="headline"><${SignalDisc} signal=${signal} size=${52} />
      <span>${t("stage")} ${signal.stage_id ?? t("transition")}</span>
      <small>${signal.stage_since ? `${t("since")} ${time(signal.stage_since)}` : ""}</small></p>
    <${Why} item=${signal} />
    <${Facts} pairs=${[
      [t("programme"), signal.programme_id],
      [t("second"), signal.second === null ? t("unknown") : `${number(Math.floor(signal.second))} / ${number(signal.cycle_s)}`],
      [t("offset"), `${number(signal.offset_s)} s`],
      [t("load"), signal.load === null || signal.load === undefined ? null : percent(signal.load)],
    ]} />
    ${signal.greens && html`<h3>${t("timing")}</h3><${TimingDiagram} signal=${signal} />`}
    <h3>${t("groups")}</h3>
    <table class="small"><thead><tr><th scope="col">${t("group")}</th><th scope="col">${t("colour")}</th><th scope="col" class="n">${t("queue")}</th></tr></thead>
      <tbody>${groupRows(signal).map(({ id, lamp, said, queue_veh }) => html`
        <tr key=${id}><th scope="row">${id}</th><td><${Lamps} lamp=${lamp} /> ${said}</td><td class="n">${Number.isFinite(queue_veh) ? `${number(queue_veh, 1)} ${t("veh")}` : t("none")}</td></tr>`)}</tbody></table>`;
}

function LinkDetails({ item, state }) {
  const load = state.loads.get(item.id);
  return html`
    <p class="headline"><i class=${`swatch big ${loadClass(load?.load)}`}></i>
      <span>${load ? percent(load.load) : t("none")}</span><small>${load ? t("load") : t("noDetector")}</small></p>
    <${Facts} pairs=${[
      [t("flow"), Number.isFinite(load?.flow_veh_h) ? `${number(load.flow_veh_h)} ${t("vehH")}` : null],
      [t("quality"), load ? html`<${Quality} quality=${load.quality} />` : null],
      [t("roadClass"), word("class", item.road_class)],
      [t("lanes"), number(item.lanes)],
      [t("freeSpeed"), `${number(item.free_speed_km_h)} km/h`],
      [t("capacityFlow"), `${number(item.capacity_veh_h)} ${t("vehH")}`],
      [t("confidence"), word("confidence", item.confidence)],
    ]} />`;
}

const VIEWS = {
  sign: { title: "sign", find: (state, id) => state.signs.get(id), Details: SignDetails },
  facility: { title: "facility", find: (state, id) => state.facilities.get(id), Details: FacilityDetails },
  signal: { title: "signal", find: (state, id) => state.signals.get(id), Details: SignalDetails },
  link: {
    title: "road", Details: LinkDetails,
    find: (state, id) => state.network?.features.find(({ properties: p }) => p.kind === "link" && p.id === id)?.properties,
  },
};

/** `selected` is {kind, id, byUser}: focus goes to the heading only when a person chose. */
export function Panel({ state, pick, close }) {
  const heading = useRef(null);
  const { selected } = state;
  const view = selected && VIEWS[selected.kind];
  const item = view?.find(state, selected.id);
  useEffect(() => { if (item) heading.current?.focus(); }, [selected?.kind, selected?.id]);
  if (!item) return html`<aside class="panel" aria-label=${t("overview")}><${Overview} state=${state} pick=${pick} /></aside>`;
  return html`
    <aside class="panel has-choice" aria-label=${t("details")}>
      <header class="panel-head">
        <p class="panel-kind">${t(view.title)}</p>
        <button type="button" class="panel-close" onClick=${close} aria-label=${t("back")} title=${t("back")}>×</button>
        <h2 ref=${heading} tabindex="-1">${item.name || item.id}</h2>
        <p class="panel-id">${selected.id}</p>
      </header>
      <${view.Details} key=${`${selected.kind}${selected.id}`} item=${item} state=${state} pick=${pick} />
    </aside>`;
}
