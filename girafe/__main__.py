"""`python -m girafe` is the command line."""

from girafe.cli import main

main()
