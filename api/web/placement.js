// Where the boxes on the map go: near their points, not over one another.  Greedy, in the order given.

const TURNS = 16;
const REACH = [0, 14, 30, 52, 80, 112];

function overlap(a, b) {
  const x = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const y = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return x > 0 && y > 0 ? x * y : 0;
}

/** Box of this size whose rim lies `reach` px from the point in direction `turn`. */
function beside({ point, size }, reach, turn) {
  const angle = (turn / TURNS) * 2 * Math.PI - Math.PI / 2;
  const x = point.x + Math.cos(angle) * (reach + size.width / 2) - size.width / 2;
  const y = point.y + Math.sin(angle) * (reach + size.height / 2) - size.height / 2;
  return { x, y, ...size };
}

function candidates(item) {
  const centred = { x: item.point.x - item.size.width / 2, y: item.point.y - item.size.height / 2, ...item.size };
  const around = REACH.slice(1).flatMap((reach) => Array.from({ length: TURNS }, (_, turn) => [beside(item, reach, turn), reach]));
  return item.mayCover ? [[centred, 0], ...around] : around;
}

/**
 * Boxes for the items: `[{id, point: {x, y}, size: {width, height}, mayCover}]`, px.
 * `fixed` are boxes that should stay visible, `closed` those where nothing may go, `frame` the visible part of the map.
 * Returns a Map of id to the box's offset from its point.
 */
export function place(items, fixed, closed, frame) {
  const taken = [];
  const offsets = new Map();
  for (const item of items) {
    const inside = overlap({ ...item.point, width: 1, height: 1 }, frame) > 0; // what lies outside stays there
    let best = null;
    for (const [box, reach] of candidates(item)) {
      const clear = { x: box.x - 3, y: box.y - 3, width: box.width + 6, height: box.height + 6 };
      const area = box.width * box.height;
      const cost = taken.reduce((sum, other) => sum + overlap(clear, other), 0) * 4
        + fixed.reduce((sum, other) => sum + overlap(box, other), 0) * 2
        + closed.reduce((sum, other) => sum + overlap(clear, other), 0) * 3
        + (inside ? (area - overlap(box, frame)) * 1.5 : 0) + reach * 6;
      if (best === null || cost < best.cost) best = { box, cost };
    }
    taken.push(best.box);
    offsets.set(item.id, { dx: best.box.x - item.point.x, dy: best.box.y - item.point.y });
  }
  return offsets;
}
