"""Stock nameko services as nameko's documentation writes them, each in a process of its own."""
