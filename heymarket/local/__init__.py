"""The servers and commands of a clone on somebody's desk; production uses nothing of it but `addresses`."""
