"""One random stream per entity, so that a small change of a model does not reshuffle the rest of the day."""

from __future__ import annotations

import hashlib

import numpy as np


def random_stream(seed: int, entity: str) -> np.random.Generator:
    """Generator of the named entity: the same for the same seed and name on every machine and in every order."""
    digest = hashlib.blake2b(entity.encode(), digest_size=16).digest()
    words = [int.from_bytes(digest[at : at + 4], "little") for at in range(0, 16, 4)]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))
