"""HTTP: what sign controllers, operators and citizens meet."""
