#!/usr/bin/env python3
"""Writes what the networks of Keras's applications compute on weights that anyone can rebuild.

Run with TensorFlow and Keras 3 (pip install tensorflow-cpu):

    python3 keras_networks.py [NETWORK ...]      # NETWORK.json beside this file; without names, all of them

A file holds every tensor's name and shape, and the logits of two images, in float64. A tensor is called LAYER.LEAF,
where LEAF is weight, pointwise.weight, bias, running_mean or running_var. Its shape has PyTorch's order. Its numbers follow
the fill rule of torchvision's oracles: at flat C-order index i

    u(NAME, i) = (splitmix64(fnv1a64(NAME) + i * 0x9E3779B97F4A7C15 mod 2^64) >> 40) / 2^24        in [0, 1)

    weight of 2 or more dimensions   (2u - 1) * sqrt(6 / fan_in), fan_in = product of all dimensions but the first
    weight of 1 dimension            0.5 + u            (normalisation scale)
    bias, running_mean               0.2 * (u - 0.5)
    running_var                      0.5 + u
    the input image batch            (2u - 1) * 1.7     named "input", shape (n, 3, h, w)

The images are given to Keras as its layers want them: blue first for weights that come from Caffe.
"""
import json
import math
import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy

MASK = (1 << 64) - 1
CLASSES = 10
LEAVES = {
    "kernel": "weight", "depthwise_kernel": "weight", "pointwise_kernel": "pointwise.weight", "gamma": "weight",
    "bias": "bias", "beta": "bias", "moving_mean": "running_mean", "moving_variance": "running_var",
}

#                          Keras's function      arguments                        height, width, blue first
NETWORKS = {
    "densenet121":             ("DenseNet121",      {},                              75, 64, False),
    "keras_resnet50":          ("ResNet50",         {},                              75, 64, True),
    "keras_resnet50v2":        ("ResNet50V2",       {},                              75, 64, False),
    "keras_mobilenet_025":     ("MobileNet",        {"alpha": 0.25},                 75, 64, False),
    "keras_mobilenet_v2_035":  ("MobileNetV2",      {"alpha": 0.35},                 75, 64, False),
    "keras_mobilenet_v2_140":  ("MobileNetV2",      {"alpha": 1.4},                  75, 64, False),
    "keras_mobilenet_v3_large": ("MobileNetV3Large", {"include_preprocessing": False}, 75, 64, False),
    "keras_mobilenet_v3_small": ("MobileNetV3Small", {"include_preprocessing": False}, 75, 64, False),
    "keras_efficientnet_b0":   ("EfficientNetB0",   {},                              75, 64, False),
    "keras_efficientnet_b3":   ("EfficientNetB3",   {},                              75, 64, False),
    "keras_xception":          ("Xception",         {},                              75, 90, False),
}


def uniform(name, count):
    h = 0xCBF29CE484222325
    for byte in name.encode():
        h = ((h ^ byte) * 0x100000001B3) & MASK
    with numpy.errstate(over="ignore"):
        z = numpy.uint64(h) + numpy.arange(count, dtype=numpy.uint64) * numpy.uint64(0x9E3779B97F4A7C15)
        z = z + numpy.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        z = z ^ (z >> numpy.uint64(31))
    return (z >> numpy.uint64(40)).astype(numpy.float64) / float(1 << 24)


def fill(name, shape):
    u = uniform(name, math.prod(shape)).reshape(shape)
    if name.endswith(("bias", "running_mean")):
        return 0.2 * (u - 0.5)
    if name.endswith("weight") and len(shape) >= 2:
        return (2 * u - 1) * math.sqrt(6.0 / math.prod(shape[1:]))
    return 0.5 + u


def order(variable):
    """The place of each of PyTorch's dimensions among Keras's."""
    rank = len(variable.shape)
    if rank == 4:
        return (2, 3, 0, 1) if variable.name == "depthwise_kernel" else (3, 2, 0, 1)
    return (1, 0) if rank == 2 else tuple(range(rank))


def write(network):
    function, arguments, height, width, blue_first = NETWORKS[network]
    keras.backend.clear_session()
    keras.backend.set_floatx("float64")
    net = getattr(keras.applications, function)(
        weights=None, input_shape=(height, width, 3), classes=CLASSES, classifier_activation=None, **arguments)
    tensors = []
    for layer in net.layers:
        if isinstance(layer, keras.layers.Normalization):
            continue
        for variable in layer.weights:
            name = layer.name + "." + LEAVES[variable.name]
            there = order(variable)
            shape = [int(variable.shape[d]) for d in there]
            tensors.append([name, shape])
            variable.assign(numpy.transpose(fill(name, shape), numpy.argsort(there)))
    images = (2 * uniform("input", 2 * 3 * height * width) - 1).reshape(2, 3, height, width) * 1.7
    images = images.transpose(0, 2, 3, 1)
    if blue_first:
        images = images[..., ::-1]
    if network.startswith("keras_efficientnet"):
        images = images * 255  # its first layer divides by it
    logits = numpy.asarray(net(images, training=False))
    content = dict(network=network, image=[3, height, width], tensors=tensors,
                   logits=[[float(f"{x:.12g}") for x in row] for row in logits])
    path = pathlib.Path(__file__).parent / f"{network}.json"
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    for name in sys.argv[1:] or NETWORKS:
        write(name)
