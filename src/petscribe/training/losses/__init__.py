"""What is minimised: each loss is a sum over what it scores, so that parts of a batch add up.

Knows tensors of a batch and of the model's answer; knows no optimiser.

Reading order: `objective` (which losses, how heavy, and their sum), `answer` (next token), `heads`
(class-balanced focal loss), `attention` (where lesion words look), `contrast` (lesion with text).
"""
