"""rankcollapse: theorems on neural collapse and low-rank bias, checked.

The library lives in three packages, `theory`, `numerics` and `verify`; this file holds the version
and lets ``python -m rankcollapse`` stand in for the ``rankcollapse`` command.
"""

__version__ = "0.1.0"

if __name__ == "__main__":
    from verify.command_line import main

    main()
