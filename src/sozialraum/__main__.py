"""``python -m sozialraum`` is the command line."""

import sys

from sozialraum.cli import main

sys.exit(main())
