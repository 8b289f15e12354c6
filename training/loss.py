"""Label-smoothed cross-entropy over a large vocabulary, without keeping the logits.

The scores of all target pieces are the largest tensors of a training step (2,000 x 13,000). They
are computed here for a few positions at a time, turned into their gradient in place and multiplied
with the output weights at once, so that they stay in the processor's cache.
"""

from typing import Any

import torch
from torch import Tensor

POSITIONS_AT_ONCE = 128


class SmoothedCrossEntropy(torch.autograd.Function):
    """Compute the mean loss; the gradients are ready when the forward pass ends."""

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401  # torch types it so
        vectors: Tensor,
        weight: Tensor,
        bias: Tensor,
        labels: Tensor,
        smoothing: float,
    ) -> Tensor:
        """Return the mean loss of `vectors` (N, D) against `labels` (N,)."""
        pieces = len(weight)
        vector_gradient = torch.empty_like(vectors)
        weight_gradient = torch.zeros_like(weight)
        bias_gradient = torch.zeros_like(bias)
        total = vectors.new_zeros(())
        for start in range(0, len(vectors), POSITIONS_AT_ONCE):
            rows = slice(start, start + POSITIONS_AT_ONCE)
            part, right = vectors[rows], labels[rows, None]
            scores = torch.addmm(bias, part, weight.t())
            log_sums = torch.logsumexp(scores, 1, keepdim=True)
            total += (
                log_sums.sum()
                - (1 - smoothing) * scores.gather(1, right).sum()
                - smoothing * scores.mean(1).sum()
            )
            gradient = scores.sub_(log_sums).exp_().sub_(smoothing / pieces)
            gradient.scatter_add_(1, right, torch.full_like(log_sums, smoothing - 1))
            torch.mm(gradient, weight, out=vector_gradient[rows])
            weight_gradient.addmm_(gradient.t(), part)
            bias_gradient += gradient.sum(0)
        ctx.save_for_backward(vector_gradient, weight_gradient, bias_gradient)
        ctx.count = len(vectors)
        return total / len(vectors)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        """Scale the gradients that the forward pass left."""
        scale = gradient / ctx.count
        return (*(saved.mul_(scale) for saved in ctx.saved_tensors), None, None)


def smoothed_cross_entropy(
    vectors: Tensor, weight: Tensor, bias: Tensor, labels: Tensor, smoothing: float
) -> Tensor:
    """Return the mean loss in nats; `smoothing` is the share spread evenly over all pieces."""
    return SmoothedCrossEntropy.apply(vectors, weight, bias, labels, smoothing)  # type: ignore[no-any-return, no-untyped-call]
