"""The one tree of exceptions.

Every message names the value, the rule it breaks and a remedy, in one line: the command line prints
it as it stands and exits with 2.
"""


class RankCollapseError(Exception):
    """Anything this project refuses or cannot do."""


class InvalidProblemError(RankCollapseError, ValueError):
    """A problem description that breaks a rule (sizes, weight decay, loss, shapes, labels)."""


class OutOfDomainError(RankCollapseError, ValueError):
    """A closed form was asked for a value where it is not defined."""


class CannotEvaluateError(RankCollapseError, TypeError):
    """An expression has a node that the rigorous evaluator does not know."""


class InvalidClaimError(RankCollapseError, ValueError):
    """A claim, a claim file or a ledger entry that breaks a rule."""


class InvalidProofError(RankCollapseError, ValueError):
    """A proof step that does not follow from the steps it names."""


class UsageError(RankCollapseError, ValueError):
    """A command-line value, a path or a file that cannot be used."""
