"""Whoever runs the service: probes, metrics, the API's description."""
