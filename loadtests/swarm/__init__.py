"""Load generator: many Socket.IO clients in one C process, and its Python side."""
