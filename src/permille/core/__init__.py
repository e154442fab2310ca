"""Values that the layers pass to each other, and the errors that users see."""
