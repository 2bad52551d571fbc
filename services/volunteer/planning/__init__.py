"""The daily plan as a decision problem: who goes where on one day, close to a proven bound, by one pure function.

A volunteer makes a few visits a day, so a plan chooses at most one *bundle* (some visits in an order) for each of them.
`problem` is the day in numbers, `reading` makes it of a file and refuses what contradicts itself, `bundles` lists what
fits a day, `master` and `cuts` price it, `choosing` rounds to whole bundles, `planner` puts them together, `costs` counts
what a plan costs. Nothing in here reads a clock, a file or a view, save the stop that a caller hands in.
"""
