"""The mathematics: problems, closed forms, bounds and predictions.

Each folder is a room named after its mathematics (`chain`, `squared_loss`, `cross_entropy`,
`networks`, `depth`, `regression`); `formula` holds the machinery by which one SymPy expression
serves symbols, floats, arrays and balls alike. Nothing here draws random numbers, reads files or
calls a solver beyond scalar root finding.
"""
