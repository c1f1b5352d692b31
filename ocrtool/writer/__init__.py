"""Writer identification: patches of handwriting, an embedding of each page, the gallery of known writers."""
