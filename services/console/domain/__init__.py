"""What the console decides: who may come in. Everything else is another service's."""
