"""Files of contacts on their way in: their columns, their values, and what becomes of each row."""
