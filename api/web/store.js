// All state of the page in one place.  Readers subscribe; at most one notice per animation frame.

import { elapsed_ms, mark, serviceClock, serviceNow_ms } from "./clock.js";

/** Wall time without news after which nothing may look live. */
export const STALE_AFTER_MS = 15_000;
/** Wall time without news after which values are dropped: unknown is never "free". */
export const DROP_AFTER_MS = 60_000;

const ID_OF = { signs: "sign_id", signals: "junction_id", facilities: "facility_id" };

export const state = {
  lang: "de",
  view: "map",
  selected: null,
  model: null,
  network: null,
  signs: new Map(),
  signals: new Map(),
  facilities: new Map(),
  loads: new Map(),
  clock: null,
  link: "connecting", // connecting | stream | polling | broken
  heard: null,
  asOf: {}, // kind -> the service's time of the last news of that kind
};

const readers = new Set();
let due = false;

/** Call `reader` after each change; returns the way to stop. */
export function subscribe(reader) {
  readers.add(reader);
  return () => readers.delete(reader);
}

/** Tell all readers, once per frame. */
export function touch() {
  if (due) return;
  due = true;
  requestAnimationFrame(() => {
    due = false;
    for (const reader of readers) reader(state);
  });
}

export function set(patch) {
  Object.assign(state, patch);
  touch();
}

/** Is this message of a kind newer than, or at least other than, the last?  An old answer repeated is not news. */
export function isNews(kind, asOf) {
  return typeof asOf === "string" && asOf !== state.asOf[kind];
}

/** Note that the service spoke of a kind of thing. */
export function hear(kind, asOf) {
  if (!isNews(kind, asOf)) return;
  state.asOf[kind] = asOf;
  set({ heard: mark() });
  if (state.clock === null) tellTime(asOf, 1);
}

/** The service says what time it is in the town, and how fast it runs. */
export function tellTime(asOf, speed) {
  const at_ms = Date.parse(asOf);
  if (Number.isFinite(at_ms)) set({ clock: serviceClock(at_ms, Number.isFinite(speed) ? speed : 1) });
}

/** Merge items of one kind; `full` also forgets what the message does not name. */
export function mergeItems(kind, items, asOf, full) {
  const id = ID_OF[kind];
  const said_ms = Date.parse(asOf);
  const told_ms = Number.isFinite(said_ms) ? said_ms : now_ms();
  const next = full ? new Map() : new Map(state[kind]);
  for (const item of items) {
    if (typeof item?.[id] !== "string") continue;
    next.set(item[id], { ...state[kind].get(item[id]), ...item, told_ms });
  }
  set({ [kind]: next });
}

/** Merge loads of links, keyed by link. */
export function mergeLoads(links, full) {
  const next = full ? new Map() : new Map(state.loads);
  for (const [id, load] of Object.entries(links)) next.set(id, load);
  set({ loads: next });
}

/** Wall time since the last news, ms; Infinity before the first. */
export function silence_ms() {
  return state.heard ? elapsed_ms(state.heard) : Infinity;
}

export function now_ms() {
  return serviceNow_ms(state.clock);
}

/** connecting | live | polling | reconnecting | stale: what the header says and the page obeys. */
export function connection() {
  if (state.heard === null) return state.link === "broken" ? "unreachable" : "connecting";
  if (silence_ms() >= STALE_AFTER_MS) return "stale";
  if (state.link === "stream") return "live";
  return state.link === "polling" ? "polling" : "reconnecting";
}
