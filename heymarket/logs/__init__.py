"""Logs: lines as text or JSON, with the ID of their request, and without texts, numbers, tokens and passwords."""
