"""Whole stories over real services: in one process, and over RabbitMQ and PostgreSQL."""
