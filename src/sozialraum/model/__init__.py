"""What a Sozialraum data set is: its tables, their columns, and the check they pass."""
