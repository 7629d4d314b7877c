"""``python -m matchsim`` is the command line."""

from matchsim.cli import main

main()
