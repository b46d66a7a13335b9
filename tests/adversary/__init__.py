"""Clients that mean harm, and clients that take the protocols at their word: bare sockets against a real node."""
