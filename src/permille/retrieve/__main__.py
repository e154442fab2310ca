"""`python -m permille.retrieve list|delete`: the indexes that are kept."""

import sys

from permille.retrieve.housekeeping import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdout, sys.stderr))
