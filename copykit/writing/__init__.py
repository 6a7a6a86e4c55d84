"""Texts made from what is true about a product: titles packed with the words buyers search for, and whole listings."""
