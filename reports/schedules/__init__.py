"""Report schedules: reports that are sent by e-mail each week or month."""
