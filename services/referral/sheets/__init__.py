"""By spreadsheet: what an organization was asked goes out as a sheet, and its answers come back in the same columns."""
