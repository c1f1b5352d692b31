"""Reading documents back: pages from our own JSON, text from the formats of other programs too."""
