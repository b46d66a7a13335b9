"""npm for the pages in quiz/web, by the Node of the development environment: `uv run scripts/npm.py run dev`."""

import sys
from pathlib import Path

from hatch_build import npm

if __name__ == "__main__":
    sys.exit(npm(Path(__file__).resolve().parent.parent, sys.argv[1:]).returncode)
