"""Green waves: offsets of signals along a street, how well platoons get through, and the way to new offsets."""
