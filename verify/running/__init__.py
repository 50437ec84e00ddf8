"""Running claims: tasks, users' claim files, worker processes, and files written whole or not at all."""
