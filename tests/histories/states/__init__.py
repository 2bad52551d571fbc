"""What may be asked in which state: every command in every state, and the state tables of the domain."""
