"""A whole cluster on one machine: PostgreSQL, Redis, nginx and nodes as processes, from wheels."""
