"""SQL: tables, queries, the group commit. The only room that imports sqlalchemy."""
