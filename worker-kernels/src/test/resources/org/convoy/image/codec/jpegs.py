"""Writes jpegs/ beside this file: small JPEGs of each way in which chroma is sampled and data are ordered.

Run: python3 jpegs.py   (Pillow 9.4)
"""

import pathlib

from PIL import Image

folder = pathlib.Path(__file__).parent / "jpegs"
folder.mkdir(exist_ok=True)


def picture(width, height):
    image = Image.new("RGB", (width, height))
    image.putdata([((x * 29 + y * 7) % 256, (x * x + y * 13) % 256, (x * y + 40) % 256)
                   for y in range(height) for x in range(width)])
    return image


def save(name, image, **options):
    image.save(folder / name, quality=85, **options)


for name, subsampling in (("444", 0), ("422", 1), ("420", 2)):
    save(f"{name}.jpg", picture(75, 53), subsampling=subsampling)
    save(f"{name}-progressive.jpg", picture(66, 41), subsampling=subsampling, progressive=True)
save("420-optimized.jpg", picture(64, 48), subsampling=2, optimize=True)
save("grey.jpg", picture(70, 50).convert("L"))
save("narrow.jpg", picture(5, 90), subsampling=2)
