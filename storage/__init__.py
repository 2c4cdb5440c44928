"""The only package that speaks SQL: migrations, loads, queries, publishing."""
