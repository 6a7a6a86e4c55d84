"""Copy tools for people who sell online in Chinese."""

__version__ = "0.1.0"
