"""The command line's commands, a room of the program each."""
