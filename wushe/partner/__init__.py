"""What partners and who runs the hub do about partners from the command line: rights, a conformance kit, a simulation."""
