"""Files that planners exchange, and the model folder that comes out of them."""
