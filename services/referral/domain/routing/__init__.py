"""Who could take a need, in which order, with reasons; who could not, with why; what could be relaxed. Pure.

`record` is how organizations have answered, `weights` are the numbers that the order is made with, `candidates` filters
and orders, `household` finds the fewest organizations for several needs, `relaxing` what to do when nobody is left.
"""
