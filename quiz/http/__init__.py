"""aiohttp: REST, sign-in, pages, health and metrics."""
