"""The ways by which a partner reaches what concerns it over HTTP."""
