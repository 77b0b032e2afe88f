"""What every call of the HTTP API shares: keys, errors, the way in, and the shapes of what is asked."""
