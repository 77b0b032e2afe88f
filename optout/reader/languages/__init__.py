"""Grammars of opt-outs, one language each. Data: rules over words, no code."""
