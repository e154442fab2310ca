"""What people look at: the terminal table, the page, the comparison."""
