"""``python -m monitor`` is ``rolecall``."""

from monitor.cli import main

main()
