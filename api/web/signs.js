// A dynamic parking sign drawn as it stands at the roadside: blue panel, white names, a lamp field in each row.

import { own, t, word } from "./i18n.js";
import { isWritable, lampPath } from "./led.js";
import { html } from "./ui.js";

const ROW = 34;
const HEAD = 46;
const LAMPS = { width: 78, height: 24 };
const NAME_FONT = '600 16.5px "DIN Alternate", Barlow, system-ui, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif';
const LONGEST_NAME = 230;
const ARROWS = {
  left: "M19 7 7 14l12 7v-4.500h7v-5h-7z",
  right: "M9 7l12 7-12 7v-4.500H2v-5h7z",
  straight: "M14 2l7 11h-4.500v12h-5V13H7z",
  here: "M14 25l7-11h-4.500V3h-5v11H7z",
};

const measuring = document.createElement("canvas").getContext("2d");
const widths = new Map();

/** Width of a name in the face's own units. */
function nameWidth(name) {
  if (!widths.has(name)) {
    measuring.font = NAME_FONT;
    widths.set(name, measuring.measureText(name).width);
  }
  return widths.get(name);
}

/** Size of the face in its own units; `compact` leaves the names out, for small scales. */
export function signSize(sign, compact = false) {
  const longest = Math.max(...sign.rows.flatMap((row) => [nameWidth(row.label_de), nameWidth(row.label_en)]));
  const names = compact ? 0 : Math.min(Math.max(longest + 8, 90), LONGEST_NAME);
  return { width: HEAD + 36 + names + LAMPS.width + 12, height: sign.rows.length * ROW + 12, names };
}

/** Text of one row as somebody would read it out. */
export function rowText(row) {
  const said = row.display === "number" ? own(row, "text") : row.display === "neutral" ? word("display", "neutral") : own(row, "text");
  return `${own(row, "label")} ${word("arrow", row.arrow)}: ${said}`;
}

export function signText(sign) {
  const label = `${t("sign")} ${sign.name}${sign.expired ? ` (${t("expired")})` : ""}`;
  return `${label}. ${sign.rows.map(rowText).join("; ")}`;
}

function Lamps({ row, x, y }) {
  const text = own(row, "text");
  const box = html`<rect class="lamps" x=${x} y=${y} width=${LAMPS.width} height=${LAMPS.height} rx="2" />`;
  const inner = [x + 7, y + 3.5, LAMPS.width - 14, LAMPS.height - 7];
  if (isWritable(text)) return html`${box}<path class=${`lit lit-${row.display}`} d=${lampPath(text, ...inner)} />`;
  return html`${box}<text class=${`lit lit-${row.display}`} x=${x + LAMPS.width / 2} y=${y + 17} text-anchor="middle" font-size="15">${text}</text>`;
}

function Row({ row, place, names, width }) {
  const y = 6 + place * ROW;
  const label = own(row, "label");
  const fit = nameWidth(label) > names ? { textLength: names - 6, lengthAdjust: "spacingAndGlyphs" } : {};
  return html`
    ${place > 0 && html`<line class="sign-rule" x1=${HEAD} x2=${width - 8} y1=${y} y2=${y} />`}
    <path class="sign-white" transform=${`translate(${HEAD + 2} ${y + 3})`} d=${ARROWS[row.arrow] ?? ARROWS.straight} />
    ${names > 0 && html`<text class="sign-white sign-name" x=${HEAD + 36} y=${y + 22.5} ...${fit}>${label}</text>`}
    <${Lamps} row=${row} x=${width - LAMPS.width - 9} y=${y + 5} />`;
}

/** The face of a sign; `decorative` leaves the words to the element around it. */
export function SignFace({ sign, scale = 1, compact = false, decorative = false }) {
  const { width, height, names } = signSize(sign, compact);
  const words = decorative ? { "aria-hidden": "true" } : { role: "img", "aria-label": signText(sign) };
  return html`
    <svg class=${`sign-face ${sign.expired ? "is-expired" : ""}`} viewBox=${`0 0 ${width} ${height}`}
         width=${width * scale} height=${height * scale} ...${words}>
      <rect class="sign-panel" x="0.500" y="0.500" width=${width - 1} height=${height - 1} rx="6" />
      <rect class="sign-rim" x="3" y="3" width=${width - 6} height=${height - 6} rx="4" />
      <text class="sign-white sign-p" x="25" y=${height / 2 + 11} text-anchor="middle">P</text>
      ${sign.rows.map((row, place) => html`<${Row} key=${place} row=${row} place=${place} names=${names} width=${width} />`)}
    </svg>`;
}

const MINI = { width: 28, row: 8, rim: 10 };

/** Size of the token that stands for a sign far away. */
export function miniSize(sign) {
  return { width: MINI.width, height: Math.max(MINI.rim + sign.rows.length * MINI.row, 24) };
}

/** A sign far away: blue, with one lit bar a row in the colour of what the row shows. */
export function SignMini({ sign }) {
  const { width, height } = miniSize(sign);
  const top = (height - sign.rows.length * MINI.row) / 2;
  return html`
    <svg class="sign-face" viewBox=${`0 0 ${width} ${height}`} width=${width} height=${height} aria-hidden="true">
      <rect class="sign-panel" x="0.500" y="0.500" width=${width - 1} height=${height - 1} rx="4" />
      <rect class="lamps" x="4" y="4" width=${width - 8} height=${height - 8} rx="2" />
      ${sign.rows.map((row, place) => html`<rect key=${place} class=${`lit lit-${row.display}`} x="7" y=${top + place * MINI.row + 2.5} width=${width - 14} height="3" />`)}
    </svg>`;
}
