"""The report of a what-if study: one HTML page that needs nothing else."""
