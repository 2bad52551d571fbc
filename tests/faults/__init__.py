"""Kill, freeze, purge and poison; then ask whether anything was lost or done twice, and whether the ledger verifies."""
