"""Ground room of what people write: YAML with its lines, the nearest spelling, an author's mistake."""
