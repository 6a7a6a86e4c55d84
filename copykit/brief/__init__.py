"""What is true about a product: ``reading`` makes briefs of files, ``shapes`` says of which form a phrase is."""

from copykit.brief.reading import brief_from, claim_kinds, read_brief

__all__ = ["brief_from", "claim_kinds", "read_brief"]
