"""Rules that find a car park whose data are no longer true although each single reading looks plausible."""
