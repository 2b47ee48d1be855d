// Traffic signals: a small disc with the stage and a ring for the cycle, lamps, and the green times of a cycle.

import { number, t, word } from "./i18n.js";
import { html } from "./ui.js";

const STAGES = 6;

/** Class of the colour of a stage: by its number, else by its letters; none during a transition. */
export function stageClass(stageId) {
  if (stageId === null || stageId === undefined || stageId === "") return "stage-none";
  const figure = Number.parseInt(String(stageId).replace(/\D+/g, ""), 10);
  const place = Number.isFinite(figure) ? figure - 1 : [...String(stageId)].reduce((sum, letter) => sum + letter.codePointAt(0), 0);
  return `stage-${((place % STAGES) + STAGES) % STAGES + 1}`;
}

/** Short form of a stage for the disc. */
function stageMark(stageId) {
  const text = String(stageId ?? "");
  return (text.match(/\d+/)?.[0] ?? text).slice(0, 2) || "–";
}

/** Disc of a junction: the stage inside, the ring fills as the cycle goes by. */
export function SignalDisc({ signal, size = 24 }) {
  const ring = 2 * Math.PI * 10;
  const share = signal.second !== null && signal.cycle_s > 0 ? signal.second / signal.cycle_s : 0;
  return html`
    <svg class=${`disc ${stageClass(signal.stage_id)}`} viewBox="0 0 24 24" width=${size} height=${size} aria-hidden="true">
      <circle class="disc-back" cx="12" cy="12" r="11.500" />
      <circle class="disc-ring" cx="12" cy="12" r="10" transform="rotate(-90 12 12)" stroke-dasharray=${`${(share * ring).toFixed(1)} ${ring.toFixed(1)}`} />
      <circle class="disc-core" cx="12" cy="12" r="7.500" />
      <text x="12" y="15.600" text-anchor="middle">${stageMark(signal.stage_id)}</text>
    </svg>`;
}

/** One lamp head with three lights. */
export function Lamps({ lamp }) {
  const lit = (names) => (names.includes(lamp) ? "on" : "off");
  return html`
    <svg class="lamp-head" viewBox="0 0 36 14" width="36" height="14" aria-hidden="true">
      <rect width="36" height="14" rx="4" />
      <circle class=${`red ${lit(["red", "red_amber"])}`} cx="8" cy="7" r="4" />
      <circle class=${`amber ${lit(["amber", "red_amber"])}`} cx="18" cy="7" r="4" />
      <circle class=${`green ${lit(["green"])}`} cx="28" cy="7" r="4" />
    </svg>`;
}

/** Green windows cut at the end of the cycle, as [start, length] pairs in s. */
export function windows(greens, cycle_s) {
  return greens.flatMap(({ start_s, length_s }) => {
    const start = ((start_s % cycle_s) + cycle_s) % cycle_s;
    const over = start + length_s - cycle_s;
    return over > 0 ? [[start, length_s - over], [0, over]] : [[start, length_s]];
  });
}

/** Green times of all groups over one cycle, with a needle at the present second. */
export function TimingDiagram({ signal }) {
  const groups = Object.keys(signal.greens ?? {});
  if (groups.length === 0 || !(signal.cycle_s > 0)) return null;
  const [left, row, width] = [44, 17, 300];
  const height = groups.length * row + 18;
  const x = (second) => left + (second / signal.cycle_s) * (width - left - 4);
  const ticks = [];
  for (let second = 0; second <= signal.cycle_s; second += signal.cycle_s > 100 ? 20 : 10) ticks.push(second);
  return html`
    <svg class="timing" viewBox=${`0 0 ${width} ${height}`} role="img"
         aria-label=${`${t("timing")}: ${groups.map((id) => `${id} ${signal.greens[id].map((g) => `${number(g.start_s)}–${number((g.start_s + g.length_s) % signal.cycle_s)} s`).join(", ")}`).join("; ")}`}>
      ${ticks.map((second) => html`<line class="tick" x1=${x(second)} x2=${x(second)} y1="0" y2=${height - 14} />
        ${second % 20 === 0 && html`<text class="tick-text" x=${x(second)} y=${height - 3} text-anchor="middle">${second}</text>`}`)}
      ${groups.map((id, place) => html`
        <text class="group-name" x="0" y=${place * row + 13}>${id}</text>
        <line class="red-line" x1=${x(0)} x2=${x(signal.cycle_s)} y1=${place * row + 9} y2=${place * row + 9} />
        ${windows(signal.greens[id], signal.cycle_s).map(([start, length]) => html`
          <rect class="green-bar" x=${x(start)} y=${place * row + 4} width=${Math.max(1, x(start + length) - x(start))} height="10" rx="1.500" />`)}`)}
      ${signal.second !== null && html`<line class="needle" x1=${x(signal.second)} x2=${x(signal.second)} y1="0" y2=${height - 14} />`}
    </svg>`;
}

/** All signal groups with their lamps as words and pictures. */
export function groupRows(signal) {
  const ids = [...new Set([...Object.keys(signal.greens ?? {}), ...Object.keys(signal.groups ?? {})])];
  return ids.map((id) => ({ id, lamp: signal.groups?.[id] ?? null, said: word("lamp", signal.groups?.[id]), queue_veh: signal.queue_veh?.[id] }));
}
