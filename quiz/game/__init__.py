"""Use cases over ports: what hosts, players and deadlines do to a session."""
