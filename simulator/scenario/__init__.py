"""What-if scenarios as data: a base model and the measures that change it."""
