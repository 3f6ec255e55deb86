"""Fine-tuning an encoder with a layer on top that gives each word's first piece a tag (Devlin et al. 2019).

AdamW (Loshchilov and Hutter 2019), a learning rate that grows over the first tenth of the steps and falls to nothing
over the others, gradients clipped, batches of like length. Embeddings of pieces stay as they are: few sentences show
few of them, and those that move would leave the others behind; it also makes a step much quicker.

Public names: `Schedule`, `fine_tune`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tqdm import tqdm

from crfner.encoder.network import tensors
from crfner.encoder.pieces import Window

_WARM_UP = 0.1
_DECAY = 0.01
_CLIP = 1.0
_LIKE = 8  # batches whose windows are sorted by length together


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast to learn.

    learning_rate  of the encoder at its highest
    head_rate      of the new layer on top at its highest
    epochs         passes over the sentences at most
    patience       epochs without a better score after which training ends
    batch          windows a step
    """

    learning_rate: float
    head_rate: float
    epochs: int
    patience: int
    batch: int


def fine_tune(
    network: Any,
    windows: Sequence[Window],
    tags: Sequence[int],
    schedule: Schedule,
    *,
    pad: int,
    seed: int,
    score: Callable[[], float] | None,
    progress: bool,
) -> list[float]:
    """Train the network in place, up to the epoch with the best score; without `score`, to the end.

    windows  what is learnt from
    tags     the number of each word's tag, over all sentences
    score    how good the network is at present, on what it does not learn from

    Returns the scores, one an epoch.
    """
    import torch

    steps = schedule.epochs * -(-len(windows) // schedule.batch)
    optimizer = torch.optim.AdamW(_groups(network, schedule), fused=True)  # one pass over the weights a step
    warm = max(1, round(_WARM_UP * steps))
    rates = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, max(0.0, (steps - step) / max(1, steps - warm)))
    )
    trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
    shuffler = random.Random(seed)
    targets = torch.tensor(tags, dtype=torch.long)
    scores: list[float] = []
    best: dict[str, Any] = {}
    for _ in tqdm(range(schedule.epochs), "fine-tuning", unit=" epochs", disable=None if progress else True):
        network.train()
        for batch in _shuffled(windows, schedule.batch, shuffler):
            given, rows, places = tensors(batch, pad)
            wanted = targets[[word for window in batch for word in window.words]]
            loss = torch.nn.functional.cross_entropy(network(**given).logits[rows, places], wanted)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, _CLIP)
            optimizer.step()
            rates.step()
            optimizer.zero_grad(set_to_none=True)
        network.eval()
        if score is None:
            continue
        scores.append(score())
        if scores[-1] > max(scores[:-1], default=-1.0):
            best = {name: value.detach().clone() for name, value in network.named_parameters() if value.requires_grad}
        elif max(scores) > 0 and scores.index(max(scores)) < len(scores) - schedule.patience:
            break  # not while nothing is found yet: the learning rate may still be growing
    if best:
        network.load_state_dict(best, strict=False)
    return scores


def _groups(network: Any, schedule: Schedule) -> list[dict[str, Any]]:
    """The parameters with their rates; biases and norms do not decay."""
    network.get_input_embeddings().weight.requires_grad_(False)
    groups: dict[tuple[float, float], list[Any]] = {}
    for name, parameter in network.named_parameters():
        if parameter.requires_grad:
            rate = schedule.learning_rate if name.startswith(network.base_model_prefix + ".") else schedule.head_rate
            groups.setdefault((rate, _DECAY if parameter.dim() > 1 else 0.0), []).append(parameter)
    return [{"params": found, "lr": rate, "weight_decay": decay} for (rate, decay), found in groups.items()]


def _shuffled(windows: Sequence[Window], size: int, shuffler: random.Random) -> list[list[Window]]:
    """Batches in random order, each of windows that are about as long as one another."""
    order = list(windows)
    shuffler.shuffle(order)
    found: list[list[Window]] = []
    for start in range(0, len(order), size * _LIKE):
        alike = sorted(order[start : start + size * _LIKE], key=lambda window: len(window.pieces))
        found.extend(alike[place : place + size] for place in range(0, len(alike), size))
    shuffler.shuffle(found)
    return found
