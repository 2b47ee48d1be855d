// The state of the town in a few figures, and the car parks at a glance.

import { facilityNow, signalNow } from "./effective.js";
import { facilityValue, freeSum } from "./facilities.js";
import { number, t, word } from "./i18n.js";
import { html } from "./ui.js";

const BUSY = 0.75;

function Figure({ value, name, note }) {
  return html`<div class="figure"><dt>${name}</dt><dd><strong>${value}</strong>${note && html`<small>${note}</small>`}</dd></div>`;
}

function FreeBar({ facility }) {
  if (facility.display !== "number" || !(facility.capacity_veh > 0)) return null;
  const share = Math.min(1, facility.free_veh / facility.capacity_veh);
  return html`<span class="bar" aria-hidden="true"><i style=${{ width: `${(share * 100).toFixed(1)}%` }}></i></span>`;
}

function FacilityLine({ facility, pick }) {
  return html`
    <li><button type="button" class="line" onClick=${(event) => pick("facility", facility.facility_id, event.currentTarget)}>
      <span class="line-name">${facility.name}<small>${facility.district} · ${word("kind", facility.kind)}</small></span>
      <span class=${`line-value value-${facility.display}`}>${facilityValue(facility)}</span>
      <${FreeBar} facility=${facility} />
    </button></li>`;
}

export function Overview({ state, pick }) {
  const facilities = [...state.facilities.values()].map(facilityNow);
  const sum = freeSum(facilities.filter((facility) => facility.kind !== "external")); // airport and fair would drown the town
  const loads = [...state.loads.values()].filter(({ load }) => Number.isFinite(load));
  const busy = loads.filter(({ load }) => load >= BUSY).length;
  const running = [...state.signals.values()].map(signalNow).filter((signal) => signal.known).length;
  const sorted = facilities.toSorted((a, b) => a.district.localeCompare(b.district) || (b.capacity_veh ?? 0) - (a.capacity_veh ?? 0));
  return html`
    <h2>${t("overviewTitle")}</h2>
    <dl class="figures">
      <${Figure} value=${sum.counted ? number(sum.free_veh) : t("none")} name=${t("freePlaces")}
        note=${t("freeOf", { total: number(sum.capacity_veh), n: sum.counted }) + (sum.without ? `, ${t("withoutNumber", { n: sum.without })}` : "")} />
      <${Figure} value=${running ? number(running) : t("none")} name=${t("signalsRunning")} />
      <${Figure} value=${loads.length ? number(busy) : t("none")} name=${t("busyRoads")} note=${t("ofN", { n: number(loads.length) })} />
    </dl>
    <h3>${t("parking")}</h3>
    ${sorted.length ? html`<ul class="lines">${sorted.map((facility) => html`<${FacilityLine} key=${facility.facility_id} facility=${facility} pick=${pick} />`)}</ul>` : html`<p>${t("nothing")}</p>`}
    <p class="hint">${t("pick")}</p>`;
}
