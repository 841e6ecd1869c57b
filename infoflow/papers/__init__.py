"""Files that leave the house on paper: tables as Excel, letters as Word. Knows no model."""
