"""Writes pillow.json beside this file: what Pillow makes of patterns, for each edit of images.

Run: python3 pillow.py   (Pillow 12.3, numpy 2)

Each case states the pattern's height, width and mode (RGB, L), the edit's arguments, and the bytes of the result
(base64). Pixel (y, x, c) of a pattern is (7x + 13y + 29c + xy) mod 256; L is its convert("L").
"""

import base64
import json
import pathlib

import numpy as np
from PIL import Image

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


cases = {
    "rotate": [
        rotate(height, width, mode, degrees)
        for height, width, mode in [(12, 17, "RGB"), (9, 9, "L"), (1, 6, "RGB")]
        for degrees in [0, 3.7, -15, 45, 90, -122.25, 180]
    ],
}

(here / "pillow.json").write_text(json.dumps(cases, indent=1) + "\n")
