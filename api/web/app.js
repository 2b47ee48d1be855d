// The page: joins header, map or tables, and panel, and starts to listen.

import { Banner, Footer, Header } from "./header.js";
import { firstLanguage, t } from "./i18n.js";
import { start } from "./live.js";
import { MapView } from "./map.js";
import { Panel } from "./panel.js";
import { connection, set, state } from "./store.js";
import { Tables } from "./tables.js";
import { html, render, useEffect, useStore } from "./ui.js";

let opener = null;

function pick(kind, id, element) {
  if (element && !element.closest(".panel")) opener = element;
  set({ selected: { kind, id } });
}

function close() {
  set({ selected: null });
  if (opener?.isConnected) opener.focus();
  opener = null;
}

function App() {
  const now = useStore();
  const stale = ["stale", "unreachable"].includes(connection());
  useEffect(() => {
    const escape = (event) => { if (event.key === "Escape" && state.selected) close(); };
    document.addEventListener("keydown", escape);
    return () => document.removeEventListener("keydown", escape);
  }, []);
  useEffect(() => {
    document.title = now.model ? `Stadttakt ${now.model.name}` : "Stadttakt";
  }, [now.model]);
  return html`
    <a class="skip" href="#content">${t("skip")}</a>
    <${Header} state=${now} />
    <${Banner} />
    <main id="content" tabindex="-1" class=${`main view-${now.view} ${stale ? "is-stale" : ""}`}>
      <${MapView} hidden=${now.view !== "map"} pick=${pick} />
      ${now.view === "tables" && html`<${Tables} state=${now} pick=${pick} />`}
      <${Panel} state=${now} pick=${pick} close=${close} />
    </main>
    <${Footer} state=${now} />`;
}

state.lang = firstLanguage();
document.documentElement.lang = state.lang;
render(html`<${App} />`, document.getElementById("app"));
start();
