"""A reader who knows nothing of the library and has only the files of a run.

It imports nothing of the project. What it knows of the formats stands in the handbook; what it does
with them is what anybody could do who wants to find out a number that was withheld.
"""
