"""The directory in the words of HSDS 3.0 (Open Referral), so that whoever reads such directories can read this one.

An organization of ours is an organization there, an offering is a service, the places where an organization and the
stations that lean on it are found are locations. `directory` gathers them from the views, `addresses` says where
something lies by the profile for China, `shapes` says it in the standard's fields, `asking` reads what was asked for.
Nothing here decides anything.
"""
