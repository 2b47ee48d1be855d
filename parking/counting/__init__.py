"""Occupancy of car parks without barriers: from counts that miss vehicles, single bays, quiet nights and recounts."""
