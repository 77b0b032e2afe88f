"""Report schedules: reports that are sent by email each week or month."""
