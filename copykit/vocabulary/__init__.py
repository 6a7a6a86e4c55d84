"""The words of single rooms, which ``copykit.model`` gives too.

A module here is read when the first of its names is asked for: making thirty dataclasses takes longer than judging a
hundred titles, and a run needs the words of one room or two.
"""
