"""Where buyers come from: the catalog of channels, the plan, its calendar, its tracked codes, its progress."""
