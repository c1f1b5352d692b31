"""Output formats, a module each that defines ``FORMAT``; a new file here is a new format.

The modules are imported whenever formats are listed, so whatever takes time to load is imported inside their writers.
"""
