"""What a run leaves behind, such that it can be killed at any moment and go on.

Knows files, tensors by name and random states; knows neither losses nor batches.

Reading order: `checkpoint` (all of a run's state, whole or not at all), `randomness` (random
states), `average` (moving average of the weights), `journal` (one line of JSON per step), `curves`
(the plot at the end).
"""
