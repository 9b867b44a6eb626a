"""Files in: list, upload, progress, preview, apply, result."""
