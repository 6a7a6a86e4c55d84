"""What a scheduled run tells its people: reports, the messages that announce them, and who has received which."""
