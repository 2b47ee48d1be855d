"""`python -m api` is `stadttakt`."""

from api.cli import main

main()
