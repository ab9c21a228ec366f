"""Trying a publication on oneself before it is sent: a letter to one's own address, and an answer to it."""
