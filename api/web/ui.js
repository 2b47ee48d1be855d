// The view library, joined once, and the hook that follows the store.

import { h, render } from "./vendor/preact/preact.mjs";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "./vendor/preact/hooks.mjs";
import htm from "./vendor/preact/htm.mjs";
import { state, subscribe } from "./store.js";

export const html = htm.bind(h);
export { render, useEffect, useLayoutEffect, useMemo, useRef, useState };

/** The state of the page; the component is drawn again whenever it changes. */
export function useStore() {
  const [, redraw] = useState(0);
  useEffect(() => subscribe(() => redraw((n) => n + 1)), []);
  return state;
}
