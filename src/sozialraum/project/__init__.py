"""The project file, and the main job that follows from it."""
