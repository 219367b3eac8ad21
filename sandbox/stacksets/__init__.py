"""StackSets, written anew as a state machine: operations take ticks and may fail."""
