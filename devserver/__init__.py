"""Servers from Python wheels, and the commands of a clone. Production uses only `addresses`."""
