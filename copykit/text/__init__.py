"""Text as characters: folding, cutting, clauses, measures, encodings."""
