"""Commands of the Verkehrsplanung: import, check, assign, compare, calibrate."""
