// The language of the page, and numbers and times as people here write them.

import { state, set } from "./store.js";
import { TEXTS } from "./texts.js";

const PLACE = { de: 0, en: 1 };
const LOCALE = { de: "de-DE", en: "en-GB" };
const ZONE = "Europe/Berlin";
const MEMORY = "stadttakt.language";

function remembered() {
  try {
    return localStorage.getItem(MEMORY);
  } catch (error) {
    console.warn("no memory for the language", String(error)); // private mode or blocked storage
    return null;
  }
}

export function setLanguage(lang) {
  document.documentElement.lang = lang;
  try {
    localStorage.setItem(MEMORY, lang);
  } catch (error) {
    console.warn("language not kept", String(error));
  }
  set({ lang });
}

/** The remembered language, else the browser's if it is German, else English. */
export function firstLanguage() {
  const kept = remembered();
  if (kept in PLACE) return kept;
  return navigator.language.toLowerCase().startsWith("de") ? "de" : "en";
}

/** A text in the language of the page, with {names} filled in. */
export function t(key, values = {}) {
  const pair = TEXTS[key];
  if (!pair) throw new Error(`no text for ${key}`);
  return pair[PLACE[state.lang]].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** A word of a list such as quality or arrow; a word this page does not know is shown as it came. */
export function word(list, value) {
  if (value === null || value === undefined || value === "") return t("none");
  return `${list}.${value}` in TEXTS ? t(`${list}.${value}`) : String(value);
}

/** The text of an object that carries both languages, as `label_de` and `label_en`. */
export function own(item, name) {
  return item[`${name}_${state.lang}`] ?? item[`${name}_de`] ?? "";
}

/** Why a thing shows what it shows. */
export function reasonOf(item) {
  if (item.reason === "expired") return t("expiredWhy");
  if (item.reason === "silent") return t("silentWhy");
  return own(item, "reason") || (item.reason ?? t("none"));
}

const formats = new Map();

function formatter(kind, options) {
  const key = `${state.lang} ${kind.name} ${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new kind(LOCALE[state.lang], options));
  return formats.get(key);
}

export function number(value, digits = 0) {
  if (!Number.isFinite(value)) return t("none");
  return formatter(Intl.NumberFormat, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value);
}

export function percent(share) {
  return Number.isFinite(share) ? formatter(Intl.NumberFormat, { style: "percent", maximumFractionDigits: 0 }).format(share) : t("none");
}

export function signed(value) {
  return formatter(Intl.NumberFormat, { signDisplay: "exceptZero", maximumFractionDigits: 0 }).format(value);
}

/** 17:42:05 in the town's zone, from ms or an RFC 3339 text. */
export function time(at) {
  const at_ms = typeof at === "string" ? Date.parse(at) : at;
  if (at_ms === null || !Number.isFinite(at_ms)) return t("none");
  return formatter(Intl.DateTimeFormat, { timeStyle: "medium", timeZone: ZONE }).format(at_ms);
}

export function day(at_ms) {
  if (at_ms === null || !Number.isFinite(at_ms)) return "";
  return formatter(Intl.DateTimeFormat, { weekday: "short", day: "numeric", month: "short", timeZone: ZONE }).format(at_ms);
}

/** 12 s, 4 min, 3 h: the age of a value. */
export function duration(value_s) {
  if (value_s === null || value_s === undefined || !Number.isFinite(value_s)) return t("none");
  if (value_s < 90) return `${number(value_s)} s`;
  if (value_s < 5_400) return `${number(value_s / 60)} min`;
  return `${number(value_s / 3_600, 1)} h`;
}
