"""The acts themselves: each takes a desk with the answers of its form, calls steps, and returns its outcome."""
