"""How days and times are written where Django chooses: as on our own pages."""
