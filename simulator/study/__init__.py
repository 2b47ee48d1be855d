"""Many runs: pairs of base and variant with the same seeds, and what they prove."""
