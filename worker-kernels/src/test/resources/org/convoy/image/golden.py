"""Writes the image fixtures beside this file and golden.json: what Pillow makes of them.

Run: python3 golden.py [imagenet.tar]   (Pillow 12.3, libjpeg-turbo 3.1; numpy 2)

golden.json
  decode    fixture -> height, width, RGB bytes (base64) after exif_transpose and convert("RGB")
  resize    cases of (height, width, box or whole, out height, out width) -> RGB bytes of resize(BILINEAR) of a pattern,
            pixel (y, x, c) of which is (7x + 13y + 29c + xy) mod 256
  grey      L bytes of the pattern's first rows under convert("L")
  imagenet  name -> SHA-256 of the RGB bytes of the first files of the tar after torchvision's
            Resize(256), CenterCrop(224); left out without a tar
"""

import base64
import hashlib
import io
import json
import pathlib
import sys
import tarfile

import numpy as np
from PIL import Image, ImageOps

here = pathlib.Path(__file__).parent


def pattern(height, width):
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    return Image.fromarray(((7 * x + 13 * y + 29 * c + x * y) % 256).astype(np.uint8))


def smooth(height, width):
    y, x = np.mgrid[0:height, 0:width]
    planes = [x * 255 // (width - 1), y * 255 // (height - 1), (x + y) * 255 // (width + height - 2)]
    return Image.fromarray(np.stack(planes, -1).astype(np.uint8))


def text(data):
    return base64.b64encode(data).decode()


picture = smooth(13, 18)
picture.save(here / "colour.jpg", quality=90)
picture.save(here / "progressive.jpg", quality=90, progressive=True)
picture.convert("L").save(here / "grey.jpg", quality=90)
cmyk = Image.merge("CMYK", [*picture.split(), smooth(13, 18).convert("L").point(lambda v: v // 3)])
cmyk.save(here / "cmyk.jpg", quality=90)
# Pillow writes no YCCK. The same file with the Adobe marker's transform byte at 2 is one (of other colours).
data = bytearray((here / "cmyk.jpg").read_bytes())
data[data.index(b"Adobe") + 11] = 2
(here / "ycck.jpg").write_bytes(data)
picture.quantize(16).save(here / "palette.png")
alpha = picture.copy()
alpha.putalpha(100)
alpha.save(here / "alpha.png")
picture.convert("L").save(here / "grey.png")

golden = {"decode": {}, "resize": [], "imagenet": {}}
for path in sorted([*here.glob("*.jpg"), *here.glob("*.png")]):
    rgb = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    golden["decode"][path.name] = {"height": rgb.height, "width": rgb.width, "rgb": text(rgb.tobytes())}

for height, width, box, out in [
    (37, 23, None, (16, 16)),
    (37, 23, None, (5, 7)),
    (9, 11, None, (20, 31)),
    (40, 40, (3, 5, 33, 36), (8, 12)),
    (40, 40, (10, 0, 17, 40), (14, 13)),
    (33, 12, None, (33, 6)),
    (33, 12, None, (11, 12)),
    (50, 1, None, (3, 3)),
]:
    image = pattern(height, width)
    if box:
        image = image.crop(box)
    scaled = image.resize((out[1], out[0]), Image.BILINEAR)
    golden["resize"].append({"height": height, "width": width, "box": box, "out": out, "rgb": text(scaled.tobytes())})
golden["grey"] = text(pattern(16, 256).convert("L").tobytes())

if len(sys.argv) > 1:
    with tarfile.open(sys.argv[1]) as tar:
        for member in [m for m in tar if m.isfile()][:12]:
            image = ImageOps.exif_transpose(Image.open(io.BytesIO(tar.extractfile(member).read()))).convert("RGB")
            w, h = image.size
            size = (256, int(256 * h / w)) if w <= h else (int(256 * w / h), 256)
            if (w, h) != size:
                image = image.resize(size, Image.BILINEAR)
            w, h = size
            top, left = int(round((h - 224) / 2.0)), int(round((w - 224) / 2.0))
            crop = image.crop((left, top, left + 224, top + 224))
            golden["imagenet"][member.name] = hashlib.sha256(crop.tobytes()).hexdigest()

(here / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")
