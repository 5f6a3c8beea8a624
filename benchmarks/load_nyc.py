"""Loading New York with every published version, beside bare reading and writing of the same rows."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.load.nyc import main

if __name__ == "__main__":
    sys.exit(main())
