// The same data as tables, for people who prefer reading.

import { age_s, facilityNow, signNow, signalNow } from "./effective.js";
import { facilityValue } from "./facilities.js";
import { duration, number, own, percent, reasonOf, signed, t, time, word } from "./i18n.js";
import { loadClass } from "./mapstyle.js";
import { html } from "./ui.js";

function Name({ kind, id, name, pick }) {
  return html`<button type="button" class="as-link" onClick=${(event) => pick(kind, id, event.currentTarget)}>${name}</button>`;
}

/** A table with caption and column heads; `columns` are text keys, a leading "#" marks figures. */
function Table({ id, caption, columns, children }) {
  return html`
    <section class="table-box" role="region" aria-labelledby=${`${id}-caption`} tabindex="0">
      <table id=${id}>
        <caption id=${`${id}-caption`}>${t(caption)}</caption>
        <thead><tr>${columns.map((key) => html`<th scope="col" class=${key.startsWith("#") ? "n" : ""}>${t(key.replace("#", ""))}</th>`)}</tr></thead>
        ${children}
      </table>
    </section>`;
}

function Nothing({ columns }) {
  return html`<tbody><tr><td colspan=${columns.length}>${t("nothing")}</td></tr></tbody>`;
}

function SignRows({ item, pick }) {
  const sign = signNow(item);
  return html`<tbody>${sign.rows.map((row, place) => html`
    <tr key=${place}>
      ${place === 0 && html`<th scope="rowgroup" rowspan=${sign.rows.length}><${Name} kind="sign" id=${sign.sign_id} name=${sign.name} pick=${pick} /></th>`}
      <td>${own(row, "label")}</td>
      <td><span class=${`shown shown-${row.display}`}>${row.display === "neutral" ? word("display", "neutral") : own(row, "text")}</span></td>
      <td>${word("arrow", row.arrow)}</td>
      <td>${word("quality", row.quality)}</td>
      <td class="n">${row.age_s === null ? t("none") : duration(age_s(item, row.age_s))}</td>
      <td class="n">${sign.expired ? t("expired") : time(sign.valid_until)}</td>
      <td class="wide">${reasonOf(row)}</td>
    </tr>`)}</tbody>`;
}

function SignTable({ state, pick }) {
  const columns = ["sign", "target", "shows", "direction", "quality", "#age", "#validUntil", "why"];
  const signs = [...state.signs.values()];
  return html`<${Table} id="table-signs" caption="signsCaption" columns=${columns}>
    ${signs.length ? signs.map((sign) => html`<${SignRows} key=${sign.sign_id} item=${sign} pick=${pick} />`) : html`<${Nothing} columns=${columns} />`}<//>`;
}

function ParkingTable({ state, pick }) {
  const columns = ["name", "shows", "#capacity", "#trend", "district", "kind", "quality", "#age", "why"];
  const items = [...state.facilities.values()];
  return html`<${Table} id="table-parking" caption="parkingCaption" columns=${columns}>
    ${items.length ? html`<tbody>${items.map((item) => {
      const facility = facilityNow(item);
      return html`<tr key=${item.facility_id}>
        <th scope="row"><${Name} kind="facility" id=${item.facility_id} name=${item.name} pick=${pick} /></th>
        <td><span class=${`shown shown-${facility.display}`}>${facilityValue(facility)}</span></td>
        <td class="n">${item.capacity_veh === null ? t("unknown") : number(item.capacity_veh)}</td>
        <td class="n">${Number.isFinite(facility.trend_veh_h) ? `${signed(facility.trend_veh_h)} / h` : t("none")}</td>
        <td>${item.district}</td><td>${word("kind", item.kind)}</td>
        <td>${word("quality", facility.quality)}</td>
        <td class="n">${item.measured_at ? duration(age_s(item, item.age_s)) : t("none")}</td>
        <td class="wide">${reasonOf(facility)}${facility.fault ? ` – ${t("fault")}: ${own(facility, "fault")}` : ""}</td>
      </tr>`;
    })}</tbody>` : html`<${Nothing} columns=${columns} />`}<//>`;
}

function longestQueue(signal) {
  const queues = Object.values(signal.queue_veh ?? {}).filter(Number.isFinite);
  return queues.length ? `${number(Math.max(...queues), 1)} ${t("veh")}` : t("none");
}

function SignalTable({ state, pick }) {
  const columns = ["name", "programme", "stage", "#second", "#load", "#queue", "why"];
  const items = [...state.signals.values()];
  return html`<${Table} id="table-signals" caption="signalsCaption" columns=${columns}>
    ${items.length ? html`<tbody>${items.map((item) => {
      const signal = signalNow(item);
      return html`<tr key=${item.junction_id}>
        <th scope="row"><${Name} kind="signal" id=${item.junction_id} name=${item.name} pick=${pick} /></th>
        <td>${signal.programme_id}</td><td>${signal.known ? signal.stage_id ?? t("transition") : t("unknown")}</td>
        <td class="n">${signal.second === null ? t("unknown") : `${number(Math.floor(signal.second))} / ${number(signal.cycle_s)}`}</td>
        <td class="n">${signal.known && Number.isFinite(signal.load) ? percent(signal.load) : t("none")}</td>
        <td class="n">${longestQueue(signal)}</td>
        <td class="wide">${reasonOf(signal)}</td>
      </tr>`;
    })}</tbody>` : html`<${Nothing} columns=${columns} />`}<//>`;
}

function RoadTable({ state, pick }) {
  const columns = ["name", "roadClass", "#load", "#flow", "quality"];
  const names = new Map((state.network?.features ?? []).filter(({ properties: p }) => p.kind === "link").map(({ properties: p }) => [p.id, p]));
  const items = [...state.loads].filter(([id]) => names.has(id)).toSorted((a, b) => names.get(a[0]).name.localeCompare(names.get(b[0]).name) || a[0].localeCompare(b[0]));
  return html`<${Table} id="table-roads" caption="roadsCaption" columns=${columns}>
    ${items.length ? html`<tbody>${items.map(([id, load]) => html`
      <tr key=${id}>
        <th scope="row"><${Name} kind="link" id=${id} name=${names.get(id).name || id} pick=${pick} /> <small>${id}</small></th>
        <td>${word("class", names.get(id).road_class)}</td>
        <td class="n"><i class=${`swatch ${loadClass(load.load)}`}></i> ${percent(load.load)}</td>
        <td class="n">${Number.isFinite(load.flow_veh_h) ? `${number(load.flow_veh_h)} ${t("vehH")}` : t("none")}</td>
        <td>${word("quality", load.quality)}</td>
      </tr>`)}</tbody>` : html`<${Nothing} columns=${columns} />`}<//>`;
}

export function Tables({ state, pick }) {
  return html`
    <div class="tables">
      <nav class="jump" aria-label=${t("tables")}>${["signs", "parking", "signals", "roads"].map((key) => html`<a href=${`#table-${key}`}>${t(key)}</a>`)}</nav>
      <${SignTable} state=${state} pick=${pick} />
      <${ParkingTable} state=${state} pick=${pick} />
      <${SignalTable} state=${state} pick=${pick} />
      <${RoadTable} state=${state} pick=${pick} />
    </div>`;
}
