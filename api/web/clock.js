// Two clocks: the wall (how long have we heard nothing?) and the service (what time is it in the town?).

/** A moment of the wall clock.  Both sources are kept: one stops while a laptop sleeps, the other can be set back. */
export function mark() {
  return { date_ms: Date.now(), steady_ms: performance.now() };
}

/** Wall time since a mark, ms; the larger of the two sources, so that doubt makes data look older, never younger. */
export function elapsed_ms(since) {
  return Math.max(Date.now() - since.date_ms, performance.now() - since.steady_ms, 0);
}

/** The service's clock as last told: its time, its speed, and when we were told. */
export function serviceClock(asOf_ms, speed) {
  return { asOf_ms, speed, told: mark() };
}

/** Time of the service now, ms since 1970; null before anything was heard. */
export function serviceNow_ms(clock) {
  return clock ? clock.asOf_ms + elapsed_ms(clock.told) * clock.speed : null;
}
