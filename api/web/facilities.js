// What a car park says, in words.

import { number, t, word } from "./i18n.js";

/** The few letters of the badge on the map. */
export function facilityShort(facility) {
  if (facility.display === "number" && Number.isFinite(facility.free_veh)) return number(facility.free_veh);
  if (facility.display === "neutral" || facility.display === "number") return "–";
  return facility.display === "closed" ? "×" : word("display", facility.display);
}

/** A number, or the word for the state. */
export function facilityValue(facility) {
  if (facility.display === "number" && Number.isFinite(facility.free_veh)) return number(facility.free_veh);
  return word("display", facility.display === "number" ? "neutral" : facility.display);
}

/** The same as a sentence part. */
export function facilityText(facility) {
  const value = facilityValue(facility);
  return facility.display === "number" && Number.isFinite(facility.free_veh) ? `${value} ${t("freePlaces")}` : value;
}

/** Free places of all car parks that may show a number, and how many those are. */
export function freeSum(facilities) {
  const counted = facilities.filter((f) => f.display === "number" && Number.isFinite(f.free_veh) && Number.isFinite(f.capacity_veh));
  return {
    free_veh: counted.reduce((sum, f) => sum + f.free_veh, 0),
    capacity_veh: counted.reduce((sum, f) => sum + f.capacity_veh, 0),
    counted: counted.length,
    without: facilities.length - counted.length,
  };
}
