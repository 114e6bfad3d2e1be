"""Reflection grids of a network: waves of surveys' grid instrument, seen school by school once each school says yes (0078)."""
