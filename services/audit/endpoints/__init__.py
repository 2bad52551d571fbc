"""What audit answers over HTTP beside its archive, a module for each thing that people come for."""
