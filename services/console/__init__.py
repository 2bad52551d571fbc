"""The people's pages: what a coordinator, a partner organization and an auditor look at.

The console decides nothing but who comes in (`domain.account`; sessions and secrets lie beside that log, in `gate`). It
listens to the other services and folds what they say into its own read models (`views`): the worklist, the offers, the
record of every matter. A page is made in three steps: the shell (`service`)
reads rows and asks other services over HTTP, a function in `pages` turns them into what the page says, and a
template lays it out. Each act on a page becomes an ordinary command to the service that owns the matter, with the
signed-in person's own token: the console has no rights of its own.
The custody chart is computed in `custody` (who answered when), `chart` (where it is drawn) and drawn as SVG here on
the server. Every word on a page stands in `words`, in Chinese and in English.
"""
