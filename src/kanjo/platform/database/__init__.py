"""The database behind Kanjo: the embedded server, the roles, backup and restore. PostgreSQL 15 or newer, nothing else.

Three roles with three rights: the owner changes the shape of tables, the application reads and writes rows,
the reader reads. The application never owns what it writes, so it can neither switch a trigger off nor truncate.
"""
