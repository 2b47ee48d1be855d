"""What a signal group shows; the numbers are those of the kernels."""

from __future__ import annotations

from enum import IntEnum


class Lamp(IntEnum):
    """Lamps of a group in the order red, red-amber, green, amber, red."""

    RED = 0
    RED_AMBER = 1
    GREEN = 2
    AMBER = 3

    @property
    def word(self) -> str:
        """Name of the lamp in interfaces."""
        return self.name.lower()
