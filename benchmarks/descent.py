"""Print how fast the descents are; ``rankcollapse bench`` does the same.

``python benchmarks/descent.py [--quick]``, from the top folder or with the project installed.
"""

import sys

from verify.command_line import main

if __name__ == "__main__":
    main(["bench", *sys.argv[1:]])
