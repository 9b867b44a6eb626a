"""Children on their way in: common transfer files, pupil lists, offer lists."""
