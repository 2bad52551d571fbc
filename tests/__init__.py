"""Everything that shows the hub keeps its promises."""
