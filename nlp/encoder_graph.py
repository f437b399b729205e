"""Encoder graph: the packed encoder as a graph for ONNX Runtime, its matrices in seven bits (docs/decisions/0108).

A BERT: per layer attention and two dense layers, each added to what it read and normed; the mean of the last states.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from nlp.packed_encoder import blocks, layout, plain, unpacked

PARTS = {"q": "qkv", "ao": ("ao",), "fi": ("fi",), "fo": ("fo",)}
"""The products of a layer by the first of their matrices: query, key and value read the same, so they are one."""
LARGEST = ".largest"
"""Ends the name under which the largest numbers are kept that each input of a product takes."""
_LONGEST_STEP = 63
"""Seven bits with a sign. Processors without VNNI add two products of these with numbers of eight bits in sixteen: with
eight bits here the sum would not fit, and be cut off."""
_TO_MATRIX = 0.75
"""How much of the unevenness of an input is moved into its matrix. On 648 posts cosines with the encoder in float32 are
0.995 on average with 0.65, 0.996 with 0.75."""
_LEAST = 1e-4
"""In place of zeros, which nothing can be divided by."""
_THEIRS, _OPSET, _FORMAT = "com.microsoft", 18, 9
"""ONNX Runtime's own operations, and the versions of the others and of the file."""


class _Graph:
    """Nodes and constants as they are added; every method returns the name of what it made."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, values: np.ndarray) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def op(self, kind: str, *inputs: str, outputs: int = 1, domain: str = "", **settings: int) -> str:
        names = (
            [f"n{len(self.nodes)}"] if outputs == 1 else [f"n{len(self.nodes)}.{n}" for n in range(outputs)]
        )
        self.nodes.append(helper.make_node(kind, list(inputs), names, None, None, domain, None, **settings))
        return names[0]

    def product(self, states: str, weights: np.ndarray, bias: np.ndarray, largest: np.ndarray) -> str:
        """States x weights (inputs x outputs) + bias, in whole numbers; `largest`: what each input takes."""
        even = _evening(weights, largest)
        steps, step = in_steps(weights * even[:, None])
        states = self.op("Mul", states, self.constant(1 / even))
        self.op("DynamicQuantizeLinear", states, outputs=3)
        read, scale, zero = self.nodes[-1].output
        return self.op(
            "MatMulIntegerToFloat", read, self.constant(steps), scale, self.constant(step), zero, "",
            self.constant(bias), domain=_THEIRS,
        )  # fmt: skip

    def normed(self, states: str, weight: np.ndarray, bias: np.ndarray, epsilon: float) -> str:
        """Layer norm, in parts: as one operation it took a third of all the time."""
        width, last = len(weight), self.constant(np.array([-1]))
        apart = self.op("Sub", states, self.op("ReduceMean", states, last))
        square = self.op("ReduceSumSquare", apart, last)
        length = self.op("Sqrt", self.op("Add", square, self.constant(np.array(width * epsilon, np.float32))))
        scaled = self.op("Mul", self.op("Div", apart, length), self.constant(weight * np.float32(width**0.5)))
        return self.op("Add", scaled, self.constant(bias))


def _evening(weights: np.ndarray, largest: np.ndarray) -> np.ndarray:
    """What each input is divided by and its row of the matrix multiplied by: a few inputs take numbers twenty times
    those of the rest, and steps wide enough for them would be too wide for all others (Xiao and others 2023, arXiv
    2211.10438)."""
    of_states = np.maximum(largest.astype(np.float32), _LEAST) ** _TO_MATRIX
    of_matrix = np.maximum(np.abs(weights).max(axis=1), _LEAST) ** (1 - _TO_MATRIX)
    even = of_states / of_matrix
    middling: np.ndarray = even / np.exp(np.log(even).mean())
    return middling


def in_steps(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A matrix (inputs x outputs) in whole steps, and how long a step is in each column."""
    step = np.maximum(np.abs(weights).max(axis=0), _LEAST) / np.float32(_LONGEST_STEP)
    return np.round(weights / step).astype(np.int8), step


def graph(packed: bytes, tuned: Mapping[str, np.ndarray]) -> bytes:
    """The graph that makes of the states of a text's pieces (1 x pieces x width, not yet normed) their mean.

    `tuned`: numbers in place of those of the file (matrices as `blocks`), and the largest of each input, which say how
    many layers there are. ValueError if one does not fit.
    """
    shape, made = layout(packed), _Graph()
    fit(packed, tuned)

    def numbers(name: str) -> np.ndarray:
        values = tuned[name] if name in tuned else plain(packed, shape.tensors[name])
        return values.astype(np.float32)

    def matrix(name: str, width: int) -> np.ndarray:
        return unpacked(tuned[name] if name in tuned else blocks(packed, shape.tensors[name], width))

    def product(states: str, layer: int, part: str) -> str:
        names = [f"l{layer}.{each}" for each in PARTS[part]]
        width = shape.inner if part == "fo" else shape.width
        weights = np.vstack([matrix(f"{name}.w", width) for name in names])
        bias = np.concatenate([numbers(f"{name}.b") for name in names])
        return made.product(states, weights.T, bias, tuned[f"{names[0]}{LARGEST}"])

    def normed(states: str, name: str) -> str:
        return made.normed(states, numbers(f"{name}.w"), numbers(f"{name}.b"), shape.epsilon)

    states = normed("states", "emb.ln")
    for layer in range(layers_of(tuned)):
        made.op("Split", product(states, layer, "q"), outputs=3, axis=2, num_outputs=3)
        seen = made.op("MultiHeadAttention", *made.nodes[-1].output, domain=_THEIRS, num_heads=shape.heads)
        states = normed(made.op("Add", states, product(seen, layer, "ao")), f"l{layer}.aln")
        inner = made.op("Gelu", product(states, layer, "fi"), domain=_THEIRS)
        states = normed(made.op("Add", states, product(inner, layer, "fo")), f"l{layer}.oln")
    made.nodes.append(
        helper.make_node("ReduceMean", [states, made.constant(np.array([1]))], ["mean"], keepdims=0)
    )
    read = helper.make_tensor_value_info("states", TensorProto.FLOAT, [1, "pieces", shape.width])
    told = helper.make_tensor_value_info("mean", TensorProto.FLOAT, [1, shape.width])
    whole = helper.make_graph(made.nodes, "encoder", [read], [told], made.constants)
    sets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_THEIRS, 1)]
    model: bytes = helper.make_model(whole, opset_imports=sets, ir_version=_FORMAT).SerializeToString()
    return model


def layers_of(tuned: Mapping[str, np.ndarray]) -> int:
    """How many layers the tuned encoder has."""
    return sum(name.endswith(f".q{LARGEST}") for name in tuned)


def fit(packed: bytes, tuned: Mapping[str, np.ndarray]) -> None:
    """ValueError where a number has no place in the installed encoder, or one of the largest is missing."""
    shape = layout(packed)
    layers = layers_of(tuned) or shape.layers
    wanted = {
        f"l{layer}.{part}{LARGEST}": shape.inner if part == "fo" else shape.width
        for layer in range(layers)
        for part in PARTS
    }
    places = wanted | {
        name: tensor.count if tensor.is_plain else tensor.size
        for name, tensor in shape.tensors.items()
        if name.startswith("emb.ln.") or _layer(name) in range(layers)
    }
    for name, values in tuned.items():
        if places.get(name) != values.size or _layer(name) >= shape.layers:
            raise ValueError(f"The installed encoder has no place for the tuned {name}.")
    if missing := sorted(wanted.keys() - tuned.keys()):
        raise ValueError(f"Of the tuned encoder {missing[0]} is missing: make tune-encoder, make tune-moods.")


def _layer(name: str) -> int:
    """The number of the layer a tensor is of; -1 if of none."""
    digits = name[1:].partition(".")[0]
    return int(digits) if name.startswith("l") and digits.isdigit() else -1
