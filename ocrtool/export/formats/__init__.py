"""Output formats: each module here defines ``FORMAT``; adding a file adds a format.

The modules are imported whenever formats are listed, so whatever is slow to load is imported inside their writers.
"""
