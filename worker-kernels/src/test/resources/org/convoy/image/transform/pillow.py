"""Writes pillow.json beside this file: what Pillow makes of patterns, for each edit of images.

Run: python3 pillow.py   (Pillow 12.3, numpy 2)

all-hues holds the SHA-256 of the RGB bytes of all 2^24 colours, in the order of their numbers, after the hue was turned.
Each other case states the pattern's height, width and mode (RGB, L), the edit's arguments, and the bytes of the result
(base64). Pixel (y, x, c) of a pattern is (7x + 13y + 29c + xy) mod 256; L is its convert("L").
"""

import base64
import hashlib
import json
import math
import pathlib

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

here = pathlib.Path(__file__).parent


def pattern(height, width, mode):
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    return Image.fromarray(((7 * x + 13 * y + 29 * c + x * y) % 256).astype(np.uint8)).convert(mode)


def case(height, width, mode, edit, **arguments):
    image = edit(pattern(height, width, mode))
    pixels = base64.b64encode(image.tobytes()).decode()
    return {"height": height, "width": width, "mode": mode, **arguments, "pixels": pixels}


def rotate(height, width, mode, degrees):
    return case(height, width, mode, lambda i: i.rotate(degrees, Image.BILINEAR), degrees=degrees)


def inverse_matrix(center, degrees, move, scale, shear):
    """torchvision.transforms.functional._get_inverse_affine_matrix"""
    rot, sx, sy = (math.radians(d) for d in (degrees, *shear))
    cx, cy = center
    tx, ty = move
    a = math.cos(rot - sy) / math.cos(sy)
    b = -math.cos(rot - sy) * math.tan(sx) / math.cos(sy) - math.sin(rot)
    c = math.sin(rot - sy) / math.cos(sy)
    d = -math.sin(rot - sy) * math.tan(sx) / math.cos(sy) + math.cos(rot)
    matrix = [x / scale for x in [d, -b, 0.0, -c, a, 0.0]]
    matrix[2] += matrix[0] * (-cx - tx) + matrix[1] * (-cy - ty) + cx
    matrix[5] += matrix[3] * (-cx - tx) + matrix[4] * (-cy - ty) + cy
    return matrix


def mapped(image, matrix):
    return image.transform(image.size, Image.AFFINE, matrix, Image.BILINEAR)


def affine(height, width, mode, degrees, move, scale, shear):
    """torchvision.transforms.functional.affine about the middle"""
    matrix = inverse_matrix((width * 0.5, height * 0.5), degrees, move, scale, shear)
    distortion = [degrees, *move, scale, *shear]
    return case(height, width, mode, lambda i: mapped(i, matrix), distortion=distortion)


def shear(x, y):
    return inverse_matrix((0, 0), 0, (0, 0), 1, (math.degrees(math.atan(x)), math.degrees(math.atan(y))))


def operation(height, width, mode, name, magnitude, matrix):
    return case(height, width, mode, lambda i: mapped(i, matrix), operation=name, magnitude=magnitude)

def timm(height, width, mode, kind, part):
    """timm/data/auto_augment.py: the functions of _RAND_INCREASING_TRANSFORMS, bilinear and black outside"""
    p, level = abs(part), math.copysign(abs(part), part)
    factor = max(0.1, 1.0 + 0.9 * level)
    edit = {
        "INVERT": ImageOps.invert,
        "POSTERIZE": lambda i: ImageOps.posterize(i, 4 - int(p * 4)),
        "SOLARIZE": lambda i: ImageOps.solarize(i, 256 - int(p * 256)),
        "SOLARIZE_ADD": lambda i: i.point(
            [min(255, v + int(p * 110)) if v < 128 else v for v in range(256)] * len(i.getbands())
        ),
        "COLOUR": lambda i: ImageEnhance.Color(i).enhance(factor),
        "CONTRAST": lambda i: ImageEnhance.Contrast(i).enhance(factor),
        "BRIGHTNESS": lambda i: ImageEnhance.Brightness(i).enhance(factor),
        "SHARPNESS": lambda i: ImageEnhance.Sharpness(i).enhance(factor),
        "SHEAR_X": lambda i: mapped(i, (1, 0.3 * level, 0, 0, 1, 0)),
        "SHEAR_Y": lambda i: mapped(i, (1, 0, 0, 0.3 * level, 1, 0)),
        "TRANSLATE_X": lambda i: mapped(i, (1, 0, 0.45 * level * i.width, 0, 1, 0)),
        "TRANSLATE_Y": lambda i: mapped(i, (1, 0, 0, 0, 1, 0.45 * level * i.height)),
        "ROTATE": lambda i: i.rotate(30 * level, Image.BILINEAR),
    }[kind]
    return case(height, width, mode, edit, kind=kind, part=part)


TIMM = [
    "INVERT", "POSTERIZE", "SOLARIZE", "SOLARIZE_ADD", "COLOUR", "CONTRAST", "BRIGHTNESS", "SHARPNESS",
    "SHEAR_X", "SHEAR_Y", "TRANSLATE_X", "TRANSLATE_Y", "ROTATE",
]


def enhance(height, width, mode, kind, factor):
    enhancer = getattr(ImageEnhance, kind)
    return case(height, width, mode, lambda i: enhancer(i).enhance(factor), factor=factor)


def turn(image, part):
    """torchvision.transforms._functional_pil.adjust_hue"""
    if image.mode == "L":
        return image
    h, s, v = image.convert("HSV").split()
    h = Image.fromarray(np.array(h, dtype=np.uint8) + np.int32(part * 255).astype(np.uint8))
    return Image.merge("HSV", (h, s, v)).convert(image.mode)


def all_hues(part):
    number = np.arange(1 << 24, dtype=np.uint32).reshape(4096, 4096)
    colours = Image.fromarray(np.stack([number >> 16, number >> 8 & 255, number & 255], -1).astype(np.uint8))
    return {"part": part, "sha256": hashlib.sha256(turn(colours, part).tobytes()).hexdigest()}


shapes = [(12, 17, "RGB"), (9, 9, "L")]
cases = {
    "rotate": [
        rotate(height, width, mode, degrees)
        for height, width, mode in [(12, 17, "RGB"), (9, 9, "L"), (1, 6, "RGB")]
        for degrees in [0, 3.7, -15, 45, 90, -122.25, 180]
    ],
    **{
        kind: [enhance(*shape, kind, factor) for shape in shapes for factor in [0, 0.37, 1, 1.6, 7.3]]
        for kind in ["Brightness", "Contrast", "Color", "Sharpness"]
    },
    "affine": [
        affine(*shape, *arguments)
        for shape in shapes
        for arguments in [
            (0, (0, 0), 1, (0, 0)),
            (20, (0, 0), 1, (0, 0)),
            (-7.5, (2, -3), 0.8, (0, 0)),
            (0, (0, 0), 1.3, (15, 0)),
            (33, (-1, 4), 1.1, (-20, 12)),
        ]
    ],
    "posterize": [case(*shape, lambda i: ImageOps.posterize(i, b), bits=b) for shape in shapes for b in [8, 5, 2]],
    "solarize": [case(*shape, lambda i: ImageOps.solarize(i, t), threshold=t) for shape in shapes for t in [255, 99.5, 0]],
    "autocontrast": [case(*shape, ImageOps.autocontrast) for shape in [*shapes, (1, 1, "RGB"), (2, 5, "RGB")]],
    "equalize": [case(*shape, ImageOps.equalize) for shape in [*shapes, (24, 31, "RGB"), (40, 40, "L")]],
    # Operations by torchvision's names: what its RandAugment and TrivialAugmentWide make of a Pillow image.
    "operations": [
        *[operation(*shape, "SHEAR_X", m, shear(m, 0)) for shape in shapes for m in [0.3, -0.2]],
        *[operation(*shape, "SHEAR_Y", m, shear(0, m)) for shape in shapes for m in [0.3, -0.2]],
        *[operation(*shape, "TRANSLATE_X", m, (1, 0, -int(m), 0, 1, 0)) for shape in shapes for m in [3.7, -3.7, 32]],
        *[operation(*shape, "TRANSLATE_Y", m, (1, 0, 0, 0, 1, -int(m))) for shape in shapes for m in [2.2, -8]],
    ],
    "blur": [
        case(*shape, lambda i: i.filter(ImageFilter.GaussianBlur(r)), radius=r)
        for shape in [*shapes, (1, 6, "RGB"), (40, 31, "RGB")]
        for r in [0.1, 0.5, 1, 1.37, 2, 6.5]
    ],
    # timm's operations, at the part of their strongest form that a magnitude of ten times this gives.
    "timm": [timm(*shape, kind, part) for shape in shapes for kind in TIMM for part in [0, 0.31, -0.7, 0.95]],
    "flip": [case(*shape, lambda i: i.transpose(Image.FLIP_TOP_BOTTOM)) for shape in shapes],
    "grey": [case(*shape, lambda i: i.convert("L").convert(i.mode)) for shape in shapes],
    "hue": [case(9, 9, "L", lambda i: turn(i, 0.3), part=0.3)],
    "all-hues": [all_hues(part) for part in [0.237, -0.5]],
}

(here / "pillow.json").write_text(json.dumps(cases, indent=1) + "\n")
