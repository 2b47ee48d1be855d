"""Streams of vehicles through signalised junctions: what timing, coordination and adaptive control reckon with."""
