"""What every query module uses: the engine, the unit of work of a transaction, statements, turns."""
