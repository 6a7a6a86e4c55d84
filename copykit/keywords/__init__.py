"""The words buyers use: candidates, what is known of each, their order in one text and in many, and new words."""
