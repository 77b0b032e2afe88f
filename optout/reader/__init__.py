"""The reader: what a person asks for in a text, in their own words. Pure functions."""
