"""What may be asked of intake over HTTP and what it shows, a class for each feature; `service` inherits them all."""
