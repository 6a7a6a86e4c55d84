"""Texts from wherever they lie: files, folders and streams as documents."""
