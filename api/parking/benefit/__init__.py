"""What each sign is worth: the study behind `stadttakt parking benefit` and its report."""
