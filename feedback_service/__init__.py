"""Feedback collection: NPS, CSAT and CES from websites and mail campaigns to a CRM."""

__version__ = "0.1.0"
