"""Modules of the steps on a real store, one message or one mailing at a time."""
