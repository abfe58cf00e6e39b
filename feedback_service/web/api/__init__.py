"""Servers, by secret API key."""
