"""Reading a character by its image and by the text before it."""
