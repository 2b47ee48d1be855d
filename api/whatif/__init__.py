"""What-if on the command line: simulate, compare, report."""
