"""Registers (台账) kept in spreadsheets: read, mapped to commands of the public API, tried or sent, and reported on."""
