"""Whose hand wrote a page: patches of handwriting, a descriptor of each page, enrolment and identification."""
