"""What this room does when another room tells it something."""
