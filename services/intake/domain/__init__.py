"""The rules of intake, one module an aggregate: pure, without clock, chance or I/O."""
