"""Distribution of the database over several nodes by Citus: which tables, in which order, and what stands in the way.

Nothing else in the product asks whether the database is distributed.
"""
