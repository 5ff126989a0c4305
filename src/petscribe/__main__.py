"""`python -m petscribe` does what `petscribe` does."""

from petscribe.cli.commands import main

main()
