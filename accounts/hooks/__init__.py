"""Webhooks to others: what happens in a team is told to the systems that its admins name."""
