"""`python -m crfner` is the command `crfner`."""

from crfner.cli import main

main()
