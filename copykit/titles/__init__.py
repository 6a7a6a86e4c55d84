"""Titles judged on novelty, extremity, borrowed IP and relevance."""
