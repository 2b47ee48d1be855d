"""What a signal programme is, when it is safe, how it is computed and chosen."""
