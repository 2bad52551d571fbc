"""What audit itself decides: which breaks of custody are told, which gaps, which looks and checks."""
