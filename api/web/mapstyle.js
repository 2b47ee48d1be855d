// How the network looks: colours of light and dark, widths by road class, load as colour.

/** Limits of the load scale; the colours differ in lightness too, so that they hold for colour-blind eyes. */
export const LOAD_STEPS = [0.5, 0.75, 0.9];
export const LOAD_CLASSES = ["load-low", "load-medium", "load-high", "load-over"];

const LIGHT = {
  ground: "#eef0ec", casing: "#ffffff", edge: "#b9bfc6", quiet: "#a3abb4", picked: "#0b4a8f",
  text: "#3d4650", halo: "#f6f7f4", place: "#5c6671", node: "#7f8892",
  loads: ["#2b9c8a", "#f2c230", "#ea7317", "#a50f2d"],
};
const DARK = {
  ground: "#12171d", casing: "#0a0d11", edge: "#0a0d11", quiet: "#55606c", picked: "#8fc7ff",
  text: "#c4ccd4", halo: "#12171d", place: "#93a0ad", node: "#6a7480",
  loads: ["#35b8a3", "#f5d04e", "#f58a35", "#e0405c"],
};
const WIDTH = { motorway: 6, trunk: 5.4, primary: 4.4, secondary: 3.8, tertiary: 3, ramp: 2.4, residential: 2, service: 1.6 };
const RANK = { motorway: 8, trunk: 7, primary: 6, secondary: 5, tertiary: 4, ramp: 3, residential: 2, service: 1 };
const NAMED = ["motorway", "trunk", "primary", "secondary", "tertiary", "residential"];

export const colours = (dark) => (dark ? DARK : LIGHT);

/** Class of a load for legend, tables and panel; null is "not measured". */
export function loadClass(load) {
  if (!Number.isFinite(load)) return "load-none";
  return LOAD_CLASSES[LOAD_STEPS.filter((step) => load >= step).length];
}

/** Links with what drawing needs: width, shift to the right where the other direction exists, drawing order. */
export function drawableLinks(network) {
  const links = network.features.filter((feature) => feature.properties.kind === "link");
  const ways = new Set(links.map(({ properties: p }) => `${p.from_node}>${p.to_node}`));
  const named = new Set();
  return {
    type: "FeatureCollection",
    features: links.map((link) => {
      const p = link.properties;
      const width = WIDTH[p.road_class] ?? 2;
      const both = ways.has(`${p.to_node}>${p.from_node}`);
      const pair = [p.from_node, p.to_node].sort().join(">");
      const label = NAMED.includes(p.road_class) && !named.has(pair) ? (p.name ?? "") : "";
      named.add(pair);
      return { ...link, properties: { id: p.id, width, shift: both ? width / 2 + 0.35 : 0, rank: RANK[p.road_class] ?? 0, label } };
    }),
  };
}

/** Plain junctions, those without a signal: small dots. */
export function drawableNodes(network) {
  const plain = network.features.filter(({ properties: p }) => p.kind === "node" && p.control !== "signal");
  return { type: "FeatureCollection", features: plain };
}

/** Names of the districts and where they lie: amid their car parks. */
export function districts(facilities) {
  const places = new Map();
  for (const { district, lon, lat, kind } of facilities) {
    if (district && kind !== "external") places.set(district, [...(places.get(district) ?? []), [lon, lat]]);
  }
  const mean = (points, axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  return [...places].map(([name, points]) => ({ name, lon: mean(points, 0), lat: mean(points, 1) }));
}

const grow = (value) => ["interpolate", ["exponential", 1.55], ["zoom"], 10, ["*", 0.3, value], 13, ["*", 0.85, value], 17, ["*", 4, value]];
const loadColour = (c) => ["case", ["<", ["coalesce", ["feature-state", "load"], -1], 0], c.quiet,
  ["step", ["feature-state", "load"], c.loads[0], ...LOAD_STEPS.flatMap((step, i) => [step, c.loads[i + 1]])]];

function roads(c) {
  const layout = { "line-cap": "round", "line-join": "round", "line-sort-key": ["get", "rank"] };
  const edge = (extra) => ["interpolate", ["exponential", 1.55], ["zoom"], 10, ["+", 1, ["*", 0.3, ["get", "width"]]],
    13, ["+", extra, ["*", 0.85, ["get", "width"]]], 17, ["+", extra * 1.6, ["*", 4, ["get", "width"]]]];
  const picked = ["case", ["boolean", ["feature-state", "picked"], false], c.picked, c.edge];
  return [
    { id: "edge", type: "line", source: "links", layout, paint: { "line-color": picked, "line-width": edge(3), "line-offset": grow(["get", "shift"]) } },
    { id: "casing", type: "line", source: "links", layout, paint: { "line-color": c.casing, "line-width": edge(1.4), "line-offset": grow(["get", "shift"]) } },
    { id: "roads", type: "line", source: "links", layout, paint: { "line-color": loadColour(c), "line-width": grow(["get", "width"]), "line-offset": grow(["get", "shift"]) } },
  ];
}

/** The whole style: no tiles, no sprites, no glyph server (the map library draws letters with the system's font). */
export function mapStyle(dark) {
  const c = colours(dark);
  const empty = { type: "geojson", data: { type: "FeatureCollection", features: [] } };
  return {
    version: 8,
    sources: { links: { ...empty, promoteId: "id" }, nodes: empty },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": c.ground } },
      ...roads(c),
      { id: "nodes", type: "circle", source: "nodes", minzoom: 13.5, paint: { "circle-radius": ["interpolate", ["linear"], ["zoom"], 13.5, 1.6, 17, 5], "circle-color": c.casing, "circle-stroke-color": c.node, "circle-stroke-width": 1.2 } },
      { id: "names", type: "symbol", source: "links", minzoom: 13.2, filter: ["!=", ["get", "label"], ""],
        layout: { "symbol-placement": "line", "text-field": ["get", "label"], "text-font": ["sans-serif"], "text-size": ["interpolate", ["linear"], ["zoom"], 13, 10, 17, 14], "text-offset": [0, 1.1], "symbol-spacing": 400, "text-padding": 6 },
        paint: { "text-color": c.text, "text-halo-color": c.halo, "text-halo-width": 1.6 } },
    ],
  };
}
