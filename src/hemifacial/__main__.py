"""``python -m hemifacial`` is the command ``hemifacial``."""

from hemifacial.cli import main

main()
