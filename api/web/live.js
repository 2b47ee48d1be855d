// News from the service: everything once by fetch, then the event stream; polling while the stream is away.

import { state, hear, isNews, mergeItems, mergeLoads, set, silence_ms, tellTime, touch } from "./store.js";

const POLL_AFTER_MS = 10_000;
const POLL_EVERY_MS = 5_000;
const REOPEN_AFTER_MS = 20_000;
const LONGEST_PAUSE_MS = 30_000;

const TAKE = {
  signs: (data, full) => mergeItems("signs", data.signs ?? [], data.as_of, full),
  signals: (data, full) => mergeItems("signals", data.signals ?? [], data.as_of, full),
  parking: (data, full) => mergeItems("facilities", data.facilities ?? [], data.as_of, full),
  loads: (data, full) => mergeLoads(data.links ?? {}, full),
  clock: (data) => tellTime(data.as_of, data.speed),
};
const STATES = ["signs", "signals", "parking", "loads"];

let source = null;
let pause_ms = 1_000;
let opened_ms = 0; // when the stream was last opened; 0: never yet
let polled_ms = 0;

async function get(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status}`);
  return answer.json();
}

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Fetch until it works; the pause between two tries doubles. */
async function getAtLast(path) {
  for (let pause = 1_000; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await get(path);
    } catch (error) {
      console.warn("not loaded, trying again", path, String(error));
      if (state.heard === null) set({ link: "broken" });
      await wait(pause);
    }
  }
}

/** Ask for everything at once.  An answer that came too late, after the stream spoke again, is thrown away. */
async function poll() {
  polled_ms = performance.now();
  const answers = await Promise.allSettled(STATES.map((kind) => get(`v1/${kind}`)));
  if (state.link === "stream" && silence_ms() < POLL_AFTER_MS) return;
  let newest = "";
  answers.forEach(({ value }, place) => {
    const kind = STATES[place];
    if (!value || !isNews(kind, value.as_of)) return;
    TAKE[kind](value, true);
    hear(kind, value.as_of);
    if (value.as_of > newest) newest = value.as_of;
  });
  if (newest === "") return;
  tellTime(newest, state.clock?.speed ?? 1);
  if (opened_ms > 0) set({ link: "polling" });
}

function listen(kind, seen) {
  source.addEventListener(kind, (event) => {
    let data;
    try {
      data = JSON.parse(event.data);
    } catch (error) {
      console.warn("unreadable event", kind, String(error));
      return;
    }
    TAKE[kind](data, !seen.has(kind));
    seen.add(kind);
    if (kind !== "clock") hear(kind, data.as_of); // a clock that ticks does not prove that anybody measures or decides
    if (state.link !== "stream") set({ link: "stream" });
    pause_ms = 1_000;
  });
}

function openStream() {
  source?.close();
  opened_ms = performance.now();
  source = new EventSource("v1/stream");
  const stream = source;
  const seen = new Set();
  for (const kind of Object.keys(TAKE)) listen(kind, seen);
  stream.addEventListener("open", () => seen.clear());
  stream.addEventListener("error", () => {
    if (stream !== source) return;
    if (state.link === "stream") set({ link: "broken" });
    if (stream.readyState !== EventSource.CLOSED) return; // the browser reconnects by itself
    source = null;
    setTimeout(openStream, pause_ms);
    pause_ms = Math.min(pause_ms * 2, LONGEST_PAUSE_MS);
  });
}

function look() {
  const now = performance.now();
  if (silence_ms() > POLL_AFTER_MS || state.link === "polling") {
    if (now - polled_ms >= POLL_EVERY_MS) poll();
    if (source?.readyState === EventSource.OPEN && now - opened_ms >= REOPEN_AFTER_MS) openStream(); // a half-dead connection
  }
  touch(); // clocks, ages and rings move on
}

/** Load what does not change, then the state, then stay in touch for ever. */
export async function start() {
  getAtLast("v1/model").then((model) => set({ model }));
  getAtLast("v1/network").then((network) => set({ network }));
  await poll();
  openStream();
  setInterval(look, 1_000);
}
