"""Five stories from a newspaper feature of autumn 2022, told to a running hub by ordinary commands over its public API.

Start with `load`. Each story is a module (`xiaowei`, `hongayi`, `sundajie`, `liminghua`, `huayang`): a table of steps,
each with its row and whether the feature tells it, and a function that takes the steps. `expectations` says what must be
seen afterwards.
"""
