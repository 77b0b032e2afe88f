"""Settings page of an inbox's number: its type, its addresses, its 10DLC registration, and refusals by carriers."""
