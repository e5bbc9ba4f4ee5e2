"""Decodes, crops, resizes and mirrors the images of a folder with Pillow, and times it.

Reads one line per round: a JSON list with the steps of each image, in the order of the files 0, 1, 2, ...
A step is [left, top, right, bottom, width, height, mirrored]. Answers each line with a JSON object: the seconds, and the
mean of all values of each image.
"""

import io
import json
import sys
import time

from PIL import Image, ImageStat, __version__

folder, count = sys.argv[1], int(sys.argv[2])
files = []
for number in range(count):
    with open(f"{folder}/{number}", "rb") as file:
        files.append(file.read())
print(json.dumps({"version": __version__}), flush=True)


def make(file, steps):
    image = Image.open(io.BytesIO(file)).convert("RGB")
    for left, top, right, bottom, width, height, mirrored in steps:
        if (left, top, right, bottom) != (0, 0, image.width, image.height):
            image = image.crop((left, top, right, bottom))
        if (width, height) != image.size:
            image = image.resize((width, height), Image.BILINEAR)
        if mirrored:
            image = image.transpose(Image.FLIP_LEFT_RIGHT)
    image.load()
    return image


for line in sys.stdin:
    plans = json.loads(line)
    start = time.perf_counter()
    images = [make(file, steps) for file, steps in zip(files, plans)]
    seconds = time.perf_counter() - start
    means = [sum(ImageStat.Stat(image).mean) / 3 for image in images]
    print(json.dumps({"seconds": seconds, "means": means}), flush=True)
