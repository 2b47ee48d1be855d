// Who we are, where the data come from, what time it is there, and whether we still hear the service.

import { day, duration, number, own, setLanguage, t, time } from "./i18n.js";
import { connection, now_ms, set, silence_ms } from "./store.js";
import { html } from "./ui.js";

function Logo() {
  return html`<img class="logo" src="static/icon.svg" alt="" width="34" height="34" />`;
}

function Clock({ state }) {
  const speed = state.clock?.speed ?? 1;
  const now = now_ms();
  return html`
    <p class="clock">
      <span class="clock-day">${day(now)}</span>
      <time aria-label=${t("serviceTime")}>${time(now)}</time>
      ${speed !== 1 && html`<span class="speed" title=${t("speed", { n: number(speed, speed % 1 ? 1 : 0) })}>×${number(speed, speed % 1 ? 1 : 0)}</span>`}
    </p>`;
}

function Connection() {
  const how = connection();
  return html`<p class=${`connection connection-${how}`} role="status" aria-live="polite"><i aria-hidden="true"></i>${t(how)}</p>`;
}

function ViewSwitch({ state }) {
  const button = (view) => html`<button type="button" aria-pressed=${state.view === view} onClick=${() => set({ view })}>${t(view)}</button>`;
  return html`<div class="switch" role="group" aria-label=${t("view")}>${button("map")}${button("tables")}</div>`;
}

function LanguageSwitch({ state }) {
  const other = state.lang === "de" ? "en" : "de";
  return html`<button type="button" class="language" aria-label=${t("language")} onClick=${() => setLanguage(other)}>
    <span class=${state.lang === "de" ? "on" : ""}>DE</span><span class=${state.lang === "en" ? "on" : ""}>EN</span></button>`;
}

export function Header({ state }) {
  const label = state.model ? own(state.model, "label") : "";
  return html`
    <header class="top">
      <div class="brand"><${Logo} /><div><h1>Stadttakt${state.model && html` <span class="town">${state.model.name}</span>`}</h1><p class="tagline">${t("tagline")}</p></div></div>
      ${label && html`<p class="model" title=${t("modelHint", { label })}>${label}</p>`}
      <div class="top-right">
        <${Clock} state=${state} />
        <${Connection} />
        <${ViewSwitch} state=${state} />
        <${LanguageSwitch} state=${state} />
      </div>
    </header>`;
}

/** The banner that takes back everything below it. */
export function Banner() {
  const how = connection();
  if (how === "stale") {
    return html`<p class="banner" role="alert">${t("staleBanner", { age: duration(Math.floor(silence_ms() / 5_000) * 5) })}</p>`;
  }
  return how === "unreachable" ? html`<p class="banner" role="alert">${t("unreachableBanner")}</p>` : null;
}

export function Footer({ state }) {
  if (!state.model) return null;
  const sources = [state.model.attribution ?? []].flat();
  return html`
    <footer class="foot">
      ${sources.length > 0 && html`<details><summary>${t("attribution")}</summary><ul>${sources.map((source) => html`<li key=${source}>${source}</li>`)}</ul></details>`}
      ${state.model.licence && html`<span>${t("licence")}: ${state.model.licence}</span>`}
      <a href="docs">${t("api")}</a>
    </footer>`;
}
