"""Volumes of links as tables and GeoJSON, written and read again."""
