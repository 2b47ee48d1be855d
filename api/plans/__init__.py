"""Commands that check, compute, coordinate, import, export and draw signal programmes."""
