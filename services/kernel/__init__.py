"""The machinery: log, cursor, relay, views, HTTP and settings; it knows no word of the domain."""
