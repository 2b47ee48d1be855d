"""Proves that programmes, switches, restarts and clock jumps keep the safety rules, and that the proof has teeth."""
