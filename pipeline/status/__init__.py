"""How participations, letters and receipts move from state to state: three tables of transitions, as data and total."""
