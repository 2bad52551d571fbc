"""How the volunteer service is reached over HTTP, one mixin of the service for each thing it is about."""
