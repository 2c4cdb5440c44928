"""Hostile input is read in child processes that can be killed."""
