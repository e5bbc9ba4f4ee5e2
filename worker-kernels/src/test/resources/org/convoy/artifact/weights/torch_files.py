#!/usr/bin/env python3
"""Writes the small files of PyTorch beside it, with Python's own pickle and zipfile and without PyTorch.

Run it here with any Python from 3.8: python3 torch_files.py

A tensor's element i is i / 4 - 1 in its storage, whatever its type. What torch.save calls while it pickles a tensor is
stood in for by functions of the same names in modules of the same names.
"""
import collections
import io
import os
import pickle
import struct
import sys
import types
import zipfile

utils = types.ModuleType("torch._utils")
torch = types.ModuleType("torch")


def _rebuild_tensor_v2(*arguments):
    raise AssertionError


def _rebuild_parameter(*arguments):
    raise AssertionError


for function in (_rebuild_tensor_v2, _rebuild_parameter):
    function.__module__ = "torch._utils"
    function.__qualname__ = function.__name__
    setattr(utils, function.__name__, function)
sys.modules["torch"], sys.modules["torch._utils"] = torch, utils
torch._utils = utils


class Storage:
    def __init__(self, kind, values):
        self.kind, self.values = kind, values


FORMATS = {"FloatStorage": "f", "DoubleStorage": "d", "HalfStorage": "e", "LongStorage": "q"}
for kind in list(FORMATS) + ["BFloat16Storage"]:
    setattr(torch, kind, type(kind, (), {"__module__": "torch"}))


def encode(storage):
    if storage.kind == "BFloat16Storage":
        return b"".join(struct.pack("<f", v)[2:] for v in storage.values)
    whole = storage.kind == "LongStorage"
    return b"".join(struct.pack("<" + FORMATS[storage.kind], int(v) if whole else v) for v in storage.values)


class Tensor:
    def __init__(self, storage, offset, shape, strides, parameter=False):
        self.arguments = (storage, offset, tuple(shape), tuple(strides), False, collections.OrderedDict())
        self.parameter = parameter

    def __reduce__(self):
        if self.parameter:
            return _rebuild_parameter, (Tensor(*self.arguments[:4]), True, collections.OrderedDict())
        return _rebuild_tensor_v2, self.arguments


def ramp(kind, count):
    return Storage(kind, [i / 4 - 1 for i in range(count)])


def save(name, content, protocol=2, method=zipfile.ZIP_STORED):
    storages = []

    class Pickler(pickle.Pickler):
        def persistent_id(self, value):
            if not isinstance(value, Storage):
                return None
            if value not in storages:
                storages.append(value)
            key = str(storages.index(value))
            return "storage", getattr(torch, value.kind), key, "cpu", len(value.values)

    bytes_ = io.BytesIO()
    Pickler(bytes_, protocol).dump(content)
    with zipfile.ZipFile(name, "w", method) as archive:
        def put(entry, data):
            archive.writestr(zipfile.ZipInfo("small/" + entry), data, method)
        put("data.pkl", bytes_.getvalue())
        put("byteorder", b"little")
        for key, storage in enumerate(storages):
            put("data/%d" % key, encode(storage))
        put("version", b"3\n")


os.chdir(os.path.dirname(os.path.abspath(__file__)))
shared = ramp("FloatStorage", 24)
state = collections.OrderedDict(
    float32=Tensor(ramp("FloatStorage", 6), 0, (2, 3), (3, 1)),
    float64=Tensor(ramp("DoubleStorage", 6), 0, (2, 3), (3, 1)),
    float16=Tensor(ramp("HalfStorage", 6), 0, (2, 3), (3, 1)),
    bfloat16=Tensor(ramp("BFloat16Storage", 6), 0, (2, 3), (3, 1)),
    transposed=Tensor(shared, 0, (3, 2), (1, 3)),
    part=Tensor(shared, 10, (2, 2), (5, 2)),
    parameter=Tensor(shared, 20, (4,), (1,), parameter=True),
    num_batches_tracked=Tensor(Storage("LongStorage", [7]), 0, (), ()),
)
state._metadata = collections.OrderedDict(version=1)
save("state.pth", state)
save("nested.pt", {"epoch": 3, "lr": 0.1, "best": None, "done": True, "args": [1, (2, "three")], "state_dict": state}, 4)
save("deflated.pth", state, method=zipfile.ZIP_DEFLATED)


class Attack:
    def __reduce__(self):
        return os.system, ("false",)


save("attack.pth", {"weight": Attack()})
with open("old.pth", "wb") as old:
    pickle.dump(119547037146038801333356, old, 2)
