"""From vectors to bit paths: classes of words, and the binary tree that joins the classes.

k-means makes the classes (Lin and Wu 2009 use such classes of phrases for entities), and Ward's method (1963) joins
the closest ones again and again. Which branch one takes at each joint, from the root on, is a class's path.

Public names: `joined`, `paths`.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def paths(vectors: np.ndarray[Any, Any], weights: np.ndarray[Any, Any], classes: int, seed: int) -> list[str]:
    """The path of each vector, one of at most `classes`; vectors of one class have the same.

    vectors  rows by dimensions
    weights  how much each row counts
    """
    from sklearn.cluster import KMeans

    distinct = len(np.unique(vectors.round(6), axis=0))
    wanted = min(classes, distinct)
    if wanted < 2:
        return ["0"] * len(vectors)
    means = KMeans(wanted, n_init=1, max_iter=50, random_state=seed).fit(vectors, sample_weight=weights)
    found = joined(means.cluster_centers_)
    return [found[number] for number in means.labels_]


def joined(centres: np.ndarray[Any, Any]) -> list[str]:
    """The path of each centre, a row, in the tree that Ward's method makes of them."""
    from scipy.cluster.hierarchy import linkage

    if len(centres) < 2:
        return ["0"] * len(centres)
    joints = linkage(centres, "ward")[:, :2].astype(int)
    number = len(centres)
    found = {number + len(joints) - 1: ""}
    for joint in reversed(range(len(joints))):  # a joint comes after those that it joins
        path = found.pop(number + joint)
        for bit, child in zip("01", joints[joint], strict=True):
            found[int(child)] = path + bit
    return [found[centre] for centre in range(number)]
