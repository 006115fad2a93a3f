"""See the package's text; ends with 1 when something promised is gone, which is for people to decide."""

import sys

from tests.promised.writing import write

if broken := write():
    sys.exit("\n".join(broken))
