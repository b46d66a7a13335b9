"""A live quiz server: rounds of questions, played by PIN, on one laptop or on many nodes."""
