"""Open data about car parks in the formats that others read: ParkAPI, DATEX II, GeoJSON."""
