"""What a form is made of beside its rules: columns with their limits, lists, sheets, and the words about them."""
