"""`python -m alta`: the command line, where it was not installed as `alta`."""

import sys

from alta.cli import main

sys.exit(main())
