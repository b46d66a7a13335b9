"""What nodes share, and its in-process twin."""
