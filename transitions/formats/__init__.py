"""Pure readers and writers: bytes in, plain records out. No models, no clock, no network."""
