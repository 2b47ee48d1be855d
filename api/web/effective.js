// What may be shown now.  The service decides what a sign says; here the page only takes back what has run out.

import { word } from "./i18n.js";
import { DROP_AFTER_MS, now_ms, silence_ms } from "./store.js";

const WITHOUT_LAMPS = ["off", "flashing", "local"];

/** Has the content of this sign run out?  A sign without a readable end of validity never counts as valid. */
export function isExpired(sign) {
  const now = now_ms();
  const end = Date.parse(sign.valid_until);
  return now === null || !Number.isFinite(end) || now >= end;
}

/** The sign as a driver sees it now: expired content falls back to neutral. */
export function signNow(sign) {
  if (!isExpired(sign)) return { ...sign, expired: false };
  const fallback = sign.fallback ?? { display: "neutral", text_de: "P", text_en: "P" };
  const rows = sign.rows.map((row) => ({
    ...row, ...fallback, free_veh: null, quality: "unknown", reason: "expired", reason_de: null, reason_en: null,
  }));
  return { ...sign, rows, expired: true };
}

/** The car park as it may be shown now. */
export function facilityNow(facility) {
  if (silence_ms() < DROP_AFTER_MS) return facility;
  return { ...facility, display: "neutral", free_veh: null, trend_veh_h: null, sigma_veh: null, quality: "unknown", reason_de: null, reason_en: null, reason: "silent" };
}

/** The signal as it may be shown now; `second` moves on between two messages. */
export function signalNow(signal) {
  if (silence_ms() >= DROP_AFTER_MS) return { ...signal, second: null, stage_id: null, groups: {}, queue_veh: {}, known: false };
  if (WITHOUT_LAMPS.includes(signal.mode)) return { ...signal, programme_id: word("mode", signal.mode), second: null, stage_id: null, groups: {}, queue_veh: {}, known: false };
  const passed_s = Math.max(0, ((now_ms() ?? signal.told_ms) - signal.told_ms) / 1_000);
  const second = signal.cycle_s > 0 ? (signal.second + passed_s) % signal.cycle_s : signal.second;
  return { ...signal, second, known: true };
}

/** Age of a value now, s: what the service said plus the time since. */
export function age_s(item, said_s) {
  if (said_s === null || said_s === undefined) return null;
  return said_s + Math.max(0, ((now_ms() ?? item.told_ms) - item.told_ms) / 1_000);
}
