"""Latin: the alphabet of English."""

LANGUAGE = "eng"
ORDER = 0
