"""Factors between the units of the rim and those used inside."""

from __future__ import annotations

KM_H_PER_M_S = 3.6
