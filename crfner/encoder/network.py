"""Running an encoder's network over windows of pieces.

Public names: `tensors`, `rows_of`, `padding`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crfner.encoder.pieces import Window, batches

_TOGETHER = 4096  # pieces in a batch that is only read, not learnt from


def padding(config: Any) -> int:
    """The number of the piece that fills a batch up."""
    return int(getattr(config, "pad_token_id", None) or 0)


def reach(config: Any) -> int:
    """How many pieces an encoder can read; RoBERTa's kin keep two of their positions for padding."""
    return int(getattr(config, "max_position_embeddings", None) or 514) - 2


def tensors(windows: Sequence[Window], pad: int) -> tuple[dict[str, Any], Any, Any]:
    """A batch as the network takes it, and of each word its row and its place within the batch."""
    import torch

    width = max(len(window.pieces) for window in windows)
    ids = torch.full((len(windows), width), pad, dtype=torch.long)
    mask = torch.zeros((len(windows), width), dtype=torch.long)
    for number, window in enumerate(windows):
        ids[number, : len(window.pieces)] = torch.tensor(window.pieces)
        mask[number, : len(window.pieces)] = 1
    rows = torch.tensor([number for number, window in enumerate(windows) for _ in window.words], dtype=torch.long)
    places = torch.tensor([place for window in windows for place in window.places], dtype=torch.long)
    return {"input_ids": ids, "attention_mask": mask}, rows, places


def rows_of(
    windows: Sequence[Window], words: int, width: int, pad: int, run: Callable[[dict[str, Any]], Any]
) -> NDArray[np.float32]:
    """What the network says of each word, (words, width); zeros for a word that is in no window.

    run  from a batch to a tensor (windows, pieces, width)
    """
    import torch

    found = np.zeros((words, width), dtype=np.float32)
    with torch.inference_mode():
        for batch in batches(windows, _TOGETHER):
            given, rows, places = tensors(batch, pad)
            values = run(given)[rows, places]
            found[[word for window in batch for word in window.words]] = values.numpy()
    return found
