"""Servers from Python wheels and the commands of a clone; production uses only `addresses` of it."""
