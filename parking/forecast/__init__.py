"""Free places at the moment of arrival: weekly profiles, a trained correction, and how far both stray."""
