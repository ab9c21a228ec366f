"""Ground room of files: what they are, what is inside, what they are called, how they are written whole."""
