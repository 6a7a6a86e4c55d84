"""From what is true about a product to texts that can be defended: see "How writing works" in docs/design.md."""
