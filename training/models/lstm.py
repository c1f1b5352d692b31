"""Character language model: embedding, one LSTM layer, scores of the next symbol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True, slots=True)
class LstmSpec:
    """Sizes of the model. ``symbols``: size of the alphabet; ``dropout`` acts on the LSTM's output while training.

    ``projection``: numbers that the LSTM's output is reduced to before the scores, which makes many symbols cheap; 0:
    not reduced.
    """

    symbols: int = 96
    embedding: int = 64
    units: int = 512
    dropout: float = 0.1
    projection: int = 0

    def __post_init__(self) -> None:
        sizes_fit = min(self.symbols, self.embedding, self.units) >= 1 and self.projection >= 0
        if not sizes_fit or not 0.0 <= self.dropout < 1.0:
            raise ValueError(f"impossible sizes: {self}")

    @property
    def state_size(self) -> int:
        """Width of the state of one row: h, then c."""
        return 2 * self.units


def build_sequence_model(spec: LstmSpec, length: int | None = None, unroll: bool = False) -> keras.Model:
    """Training form: symbols (B, T) int32 -> logits (B, T, symbols), from the zero state.

    ``unroll`` needs a fixed ``length``; it is faster on a CPU and changes no weight. PyTorch needs none of that.
    """
    from keras import Input, Model, backend, layers

    lstm = layers.LSTM
    if backend.backend() == "torch":
        from training.models.torch_lstm import LSTM as lstm

        unroll = False

    symbols = Input((length,), dtype="int32", name="symbols")
    x = layers.Embedding(spec.symbols, spec.embedding, name="embedding")(symbols)  # (B, T, embedding)
    x = lstm(spec.units, return_sequences=True, unroll=unroll, name="lstm")(x)  # (B, T, units)
    x = layers.Dropout(spec.dropout, name="dropout")(x)
    if spec.projection:
        x = layers.Dense(spec.projection, use_bias=False, name="projection")(x)  # (B, T, projection)
    return Model(symbols, layers.Dense(spec.symbols, name="logits")(x), name="character_lstm")


def build_step_model(spec: LstmSpec, sequence_model: keras.Model) -> keras.Model:
    """Reading form, with the weights of ``sequence_model``: one symbol a row, state in and out.

    [symbols (B,) int32, state (B, 2 * units) float32 = h, c] -> [logits (B, symbols), state (B, 2 * units)].
    The four gates are one product of [embedding, h] with one matrix; Keras keeps them in the order i, f, c, o.
    """
    from keras import Input, Model, layers, ops

    symbols = Input((), dtype="int32", name="symbols")
    state = Input((spec.state_size,), name="state")
    units = spec.units
    embedding = layers.Embedding(spec.symbols, spec.embedding, name="embedding")
    gates = layers.Dense(4 * units, name="gates")
    logits = layers.Dense(spec.symbols, name="logits")

    h, c = state[:, :units], state[:, units:]
    z = gates(ops.concatenate([embedding(symbols), h], axis=-1))  # (B, 4 * units)
    i, f, o = (ops.sigmoid(z[:, k * units : (k + 1) * units]) for k in (0, 1, 3))
    c = f * c + i * ops.tanh(z[:, 2 * units : 3 * units])
    h = o * ops.tanh(c)
    shared = [embedding, logits]
    reduced = h
    if spec.projection:
        shared.append(layers.Dense(spec.projection, use_bias=False, name="projection"))
        reduced = shared[-1](h)
    model = Model([symbols, state], [logits(reduced), ops.concatenate([h, c], axis=-1)], name="character_lstm_step")
    _share(sequence_model, gates, shared)
    return model


def _share(sequence_model: keras.Model, gates: Any, layers: list[Any]) -> None:
    import numpy as np

    kernel, recurrent, bias = sequence_model.get_layer("lstm").get_weights()
    gates.set_weights([np.concatenate([kernel, recurrent]), bias])
    for layer in layers:
        layer.set_weights(sequence_model.get_layer(layer.name).get_weights())
