// What the colours and signs on the map mean.

import { percent, t, word } from "./i18n.js";
import { LOAD_CLASSES, LOAD_STEPS } from "./mapstyle.js";
import { SignalDisc } from "./signals.js";
import { SignMini } from "./signs.js";
import { html } from "./ui.js";

const startOpen = matchMedia("(min-width: 60rem)").matches;

const EXAMPLE = { rows: [{ display: "number" }, { display: "free" }, { display: "full" }] };

function range(place) {
  if (place === 0) return `< ${percent(LOAD_STEPS[0])}`;
  if (place === LOAD_STEPS.length) return `≥ ${percent(LOAD_STEPS[place - 1])}`;
  return `${percent(LOAD_STEPS[place - 1])} – ${percent(LOAD_STEPS[place])}`;
}

export function Legend() {
  const stages = ["1", "2", "3", "4"].map((stage_id) => ({ stage_id, second: 30, cycle_s: 90 }));
  return html`
    <details class="legend" open=${startOpen}>
      <summary>${t("legend")}</summary>
      <h2>${t("legendLoad")}</h2>
      <ul class="legend-loads">
        ${LOAD_CLASSES.map((name, place) => html`<li><i class=${`swatch ${name}`}></i>${range(place)}</li>`)}
        <li><i class="swatch load-none"></i>${t("legendNoData")}</li>
      </ul>
      <h2>${t("legendStage")}</h2>
      <p class="legend-discs">${stages.map((signal) => html`<${SignalDisc} signal=${signal} size=${20} />`)}</p>
      <h2>${t("legendParking")}</h2>
      <p class="legend-badges">
        <span class="badge badge-number"><b>P</b><span>42</span></span>
        <span class="badge badge-free"><b>P</b><span>${word("display", "free")}</span></span>
        <span class="badge badge-full"><b>P</b><span>${word("display", "full")}</span></span>
        <span class="badge badge-neutral" title=${word("display", "neutral")}><b>P</b><span>–</span></span>
      </p>
      <h2>${t("legendSign")}</h2>
      <p class="legend-sign"><${SignMini} sign=${EXAMPLE} /><span>${t("legendSignHint")}</span></p>
    </details>`;
}
