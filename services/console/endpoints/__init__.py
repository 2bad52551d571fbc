"""What the console answers programs with, beside its pages: one module a thing."""
