"""A trial of the user's own weights: each model is run once where it can be ended, before the program runs it.

LiteRT may end the process for a damaged model, or take all memory, with no word about it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ocrtool.errors import WeightsRefused, printable
from ocrtool.imaging.confined import Bounds, ConfinedError, Message, confined, confined_fault
from ocrtool.weights.store import chosen_folder, packaged_folder

#: Bytes of address space and seconds that a model may take; the largest of ours takes a tenth of each.
_MEMORY, _SECONDS = 3 << 30, 60.0


def try_weights(folder: Path | None) -> None:
    """Try the models of the user's folder of weights. Raises WeightsNotFound, WeightsRefused.

    folder: None for that of the environment. The packaged ones are not tried.
    """
    chosen = chosen_folder(folder)
    if chosen is None or os.path.realpath(chosen) == os.path.realpath(packaged_folder()):
        return
    models = [path for path in sorted(chosen.glob("*.tflite")) if path.is_file()]
    left = [str(path.resolve()) for path in models]
    if not left:
        return
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a device
        try:
            for _ in confined(f"{__name__}:run_models", {"paths": left}, nothing, Bounds(_MEMORY, _SECONDS, 0)):
                models.pop(0)
        except ConfinedError as error:
            fault = f"is not a model that can be run: {confined_fault(error)}"
            raise WeightsRefused(f"{printable(str(models[0]))} {fault}") from error


def run_models(file: BinaryIO, paths: list[str]) -> Iterator[Message]:
    """Run each model on zeros, in the process; yields a message for each. file: not used.

    What a model cannot do with zeros is no fault: many take inputs of any length.
    """
    import numpy as np

    from ocrtool.weights.interpreter import SilentInterpreter

    for path in paths:
        try:
            interpreter = SilentInterpreter(model_path=path)
            interpreter.allocate_tensors()
            for tensor in interpreter.get_input_details():
                interpreter.set_tensor(tensor["index"], np.zeros(tensor["shape"], tensor["dtype"]))
            interpreter.invoke()
        except (ValueError, RuntimeError):
            pass
        yield {}, b""
