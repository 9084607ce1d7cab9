"""What is said of a recording, subject by subject: findings from events and signals."""
