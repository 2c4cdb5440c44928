"""Views and macros: SQL files that are run, in order of their names, whenever they have changed.

They hold no rows, so they are no migrations: a migration first drops all of them, since DuckDB
keeps in each the types that it had then, and the newest files are run on the tables as they are
afterwards.
"""
