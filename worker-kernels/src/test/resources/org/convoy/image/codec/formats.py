"""Writes formats/ beside this file, small images of every format and variant that is read, and formats.json: what
Pillow makes of them. What Pillow cannot write is written here byte by byte.

Run: python3 formats.py   (Pillow 12.3)

formats.json   file -> height, width, RGB bytes (base64) after exif_transpose and convert("RGB"), or, where Pillow has
               another rule, as stated in the table at the end
"""

import base64
import io
import json
import pathlib
import struct
import zlib

from PIL import Image, ImageOps, PngImagePlugin

here = pathlib.Path(__file__).parent
folder = here / "formats"
folder.mkdir(exist_ok=True)
W, H = 11, 7


def value(y, x, c):
    return (x * 23 + y * 31 * (c + 1) + c * 40 + (x * y) % 5) % 256


def picture(width=W, height=H):
    image = Image.new("RGB", (width, height))
    image.putdata([tuple(value(y, x, c) for c in range(3)) for y in range(height) for x in range(width)])
    return image


RGB = picture()
ROWS = [[RGB.getpixel((x, y)) for x in range(W)] for y in range(H)]
GREY = [[value(y, x, 0) for x in range(W)] for y in range(H)]
expected = {}


def write(name, data, rgb=None):
    (folder / name).write_bytes(data)
    if rgb is None:
        image = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
        expected[name] = (image.height, image.width, image.tobytes())
    else:
        expected[name] = (len(rgb), len(rgb[0]), bytes(v for row in rgb for pixel in row for v in pixel))


def save(name, image, **options):
    out = io.BytesIO()
    image.save(out, **options)
    write(name, out.getvalue())
    return out.getvalue()


# BMP -----------------------------------------------------------------------------------------------------------------
def bmp(depth, rows, compression=0, masks=b"", palette=b"", size=40, height=H, colours=0, width=W):
    """Rows are bytes, lowest first; run lengths come as one row."""
    data = b"".join(row if compression in (1, 2) else row + bytes(-len(row) % 4) for row in rows)
    offset = 14 + size + (len(masks) if size == 40 else 0) + len(palette)
    header = struct.pack("<IiiHHIIiiII", size, width, height, 1, depth, compression, len(data), 2835, 2835, colours, 0)
    if size == 12:
        header = struct.pack("<IHHHH", 12, width, height, 1, depth)
    header += masks + bytes(max(0, size - 40 - len(masks)))
    return b"BM" + struct.pack("<IHHI", offset + len(data), 0, 0, offset) + header + palette + data


def bits(values, depth):
    number = 0
    for v in values:
        number = number << depth | v
    pad = -len(values) * depth % 8
    return (number << pad).to_bytes((len(values) * depth + pad) // 8, "big")


upward = ROWS[::-1]
palette = b"".join(struct.pack("<BBBB", i * 7 % 256, i * 13 % 256, 255 - i * 11 % 256, 0) for i in range(256))
index = [[(x * 3 + y * 5) % 16 for x in range(W)] for y in range(H)]
write("rgb24.bmp", bmp(24, [b"".join(bytes(p[::-1]) for p in row) for row in upward]))
write("topdown24.bmp", bmp(24, [b"".join(bytes(p[::-1]) for p in row) for row in ROWS], height=-H))
write("rgb32.bmp", bmp(32, [b"".join(bytes(p[::-1]) + b"\x07" for p in row) for row in upward]))
write("rgb555.bmp", bmp(16, [b"".join(struct.pack("<H", (r >> 3) << 10 | (g >> 3) << 5 | b >> 3) for r, g, b in row) for row in upward]))
write("rgb565.bmp", bmp(16, [b"".join(struct.pack("<H", (r >> 3) << 11 | (g >> 2) << 5 | b >> 3) for r, g, b in row) for row in upward],
                        3, struct.pack("<III", 0xF800, 0x7E0, 0x1F)))
write("masks32.bmp", bmp(32, [b"".join(struct.pack("<I", r << 24 | g << 16 | b << 8) for r, g, b in row) for row in upward],
                         3, struct.pack("<IIII", 0xFF000000, 0xFF0000, 0xFF00, 0), size=56))
write("masks10.bmp", bmp(32, [b"".join(struct.pack("<I", r * 4 << 20 | g * 4 << 10 | b * 4) for r, g, b in row) for row in upward],
                         3, struct.pack("<III", 0x3FF00000, 0xFFC00, 0x3FF)),
      [[tuple(v * 4 * 255 // 1023 for v in p) for p in row] for row in ROWS])
write("pal1.bmp", bmp(1, [bits([v & 1 for v in row], 1) for row in index[::-1]], palette=palette[20:28], colours=2))
write("pal4.bmp", bmp(4, [bits(row, 4) for row in index[::-1]], palette=palette[:64], colours=16))
write("pal8.bmp", bmp(8, [bytes(row) for row in GREY[::-1]], palette=palette))
write("os2.bmp", bmp(8, [bytes(row) for row in GREY[::-1]], size=12, palette=b"".join(palette[i:i + 3] for i in range(0, 1024, 4))))
# Runs, literals, a move, a short row and an end before the last row; what is left out has index 0.
runs8 = bytes([5, 3, 0, 3, 9, 8, 7, 0, 3, 1, 0, 0, 0, 4, 1, 2, 3, 4, 7, 200, 0, 0, 2, 9, 0, 2, 3, 1, 6, 17, 0, 0, 11, 40, 0, 0])
write("rle8.bmp", bmp(8, [runs8 + bytes([11, 5, 0, 0, 11, 6, 0, 0, 11, 7, 0, 1])], 1, palette=palette))
runs4 = bytes([5, 0x3A, 0, 6, 0x98, 0x71, 0x2A, 0, 0, 0, 11, 0x12, 0, 0, 2, 0x55, 0, 2, 4, 1, 5, 0x67, 0, 0])
write("rle4.bmp", bmp(4, [runs4 + bytes([11, 5, 0, 0, 11, 6, 0, 0, 11, 0x78, 0, 1])], 2, palette=palette[:64]))
# Pillow takes an odd literal for one byte too short.
odd = [palette[4 * i:4 * i + 3][::-1] for i in [9, 8, 7, 1, 2, 3, 10, 3, 10, 3, 10]]
write("rle4-odd.bmp", bmp(4, [bytes([0, 5, 0x98, 0x71, 0x20, 0, 6, 0x3A, 0, 1])], 2, palette=palette[:64], height=1), [odd])


# PNM -----------------------------------------------------------------------------------------------------------------
def plain(rows):
    return "\n".join(" ".join(map(str, row)) for row in rows).encode() + b"\n"


def grey(rows):
    return [[(v, v, v) for v in row] for row in rows]


one = [[v >> 7 for v in row] for row in GREY]
write("plain.pbm", b"P1\n# a comment\n%d %d\n" % (W, H) + plain(one).replace(b" ", b""))
write("raw.pbm", b"P4 %d %d\n" % (W, H) + b"".join(bits(row, 1) for row in one))
write("plain.pgm", b"P2\n%d %d # wide\n#\n200\n" % (W, H) + plain([[v * 200 // 255 for v in row] for row in GREY]))
write("max1.pgm", b"P5 %d %d 1\n" % (W, H) + b"".join(bytes(row) for row in one))
write("max15.pgm", b"P5 %d %d 15\n" % (W, H) + b"".join(bytes(v >> 4 for v in row) for row in GREY))
write("max255.pgm", b"P5\n%d %d\n255\n" % (W, H) + b"".join(bytes(row) for row in GREY))
write("max65535.pgm", b"P5 %d %d 65535\n" % (W, H) + b"".join(struct.pack(">H", v * 256 + 9) for row in GREY for v in row), grey(GREY))
write("plain.ppm", b"P3 %d %d 255 " % (W, H) + plain([[v for p in row for v in p] for row in ROWS]))
write("max255.ppm", b"P6 %d %d 255\n" % (W, H) + RGB.tobytes())
write("max31.ppm", b"P6 %d %d 31\n" % (W, H) + bytes(v >> 3 for v in RGB.tobytes()))
write("max1023.ppm", b"P6 %d %d 1023\n" % (W, H) + b"".join(struct.pack(">H", v * 4 + 1) for v in RGB.tobytes()))


# PNG -----------------------------------------------------------------------------------------------------------------
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(kind, depth, rows, before=b"", after=b"", interlaced=False, cut=0):
    """Rows are lists of pixels, which are lists of samples. Filters 0 to 4 in turn."""
    pixel_bits = depth * len(rows[0][0])
    distance = max(1, pixel_bits // 8)
    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    raw = b""
    for top, left, down, right in passes if interlaced else [(0, 0, 1, 1)]:
        above = None
        for number, row in enumerate(rows[top::down]):
            line = [s for p in row[left::right] for s in p]
            if line:
                data = b"".join(struct.pack(">H", s) for s in line) if depth == 16 else bits(line, depth)
                above = above or bytes(len(data))
                raw += bytes([number % 5]) + filtered(number % 5, data, above, distance)
                above = data
    data = zlib.compress(raw)
    half = len(data) // 2
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), depth, kind, 0, 0, interlaced)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + chunk(b"IDAT", data[:half]) + chunk(b"IDAT", b"")
            + chunk(b"IDAT", data[half:]) + after + chunk(b"IEND", b""))


def filtered(kind, row, above, distance):
    out = []
    for i, v in enumerate(row):
        a = row[i - distance] if i >= distance else 0
        b = above[i]
        c = above[i - distance] if i >= distance else 0
        p = a + b - c
        nearest = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
        out.append((v - [0, a, b, (a + b) // 2, nearest][kind]) % 256)
    return bytes(out)


def samples(rows, depth):
    return [[[v >> (8 - depth)] for v in row] for row in rows]


def wide(rows):
    return [[[v * 256 + 200 for v in p] for p in row] for row in rows]


def with_alpha(rows):
    return [[list(p) + [(x * 40 + y) % 256] for x, p in enumerate(row)] for y, row in enumerate(rows)]


GREY_ROWS = samples(GREY, 8)
colours = chunk(b"PLTE", b"".join(palette[i:i + 3] for i in range(0, 64, 4)))
for depth in (1, 2, 4, 8):
    write(f"grey{depth}.png", png(0, depth, samples(GREY, depth)))
write("grey16.png", png(0, 16, wide(GREY_ROWS)), grey(GREY))
write("rgb8.png", png(2, 8, ROWS))
write("rgb16.png", png(2, 16, wide(ROWS)))
for depth in (1, 2, 4):
    write(f"palette{depth}.png", png(3, depth, [[[v % (1 << depth)] for v in row] for row in index], colours))
write("palette8.png", png(3, 8, [[[v] for v in row] for row in index], colours + chunk(b"tRNS", b"\0\x80\xff")))
write("grey-alpha.png", png(4, 8, with_alpha(GREY_ROWS)))
write("grey-alpha16.png", png(4, 16, wide(with_alpha(GREY_ROWS))), grey(GREY))
write("rgb-alpha.png", png(6, 8, with_alpha(ROWS)))
write("rgb-alpha16.png", png(6, 16, wide(with_alpha(ROWS))))
write("interlaced.png", png(2, 8, ROWS, interlaced=True))
write("interlaced1.png", png(0, 1, samples(GREY, 1), interlaced=True))
write("interlaced-small.png", png(2, 8, [row[:3] for row in ROWS[:2]], interlaced=True))


def exif(orientation, order=">"):
    return (b"MM\0*" if order == ">" else b"II*\0") + struct.pack(order + "IHHHIHHI", 8, 1, 0x112, 3, 1, orientation, 0, 0)


def xmp(orientation):
    return b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="%d"/></x:xmpmeta>' % orientation


def itxt(text, compressed):
    return chunk(b"iTXt", b"XML:com.adobe.xmp\0" + bytes([compressed, 0, 0, 0]) + (zlib.compress(text) if compressed else text))


write("exif6.png", png(2, 8, ROWS, chunk(b"eXIf", exif(6))))
write("exif8-late.png", png(2, 8, ROWS, after=chunk(b"eXIf", exif(8, "<"))))
write("xmp5.png", png(2, 8, ROWS, itxt(xmp(5), 0)))
write("xmp3-compressed.png", png(2, 8, ROWS, itxt(xmp(3), 1)))
frames = [RGB, ImageOps.invert(RGB)]
save("animated.png", frames[0], format="PNG", save_all=True, append_images=frames[1:])
save("animated-default.png", frames[0], format="PNG", save_all=True, append_images=[frames[1], RGB.rotate(180)], default_image=True)
# A second frame of another size and kind than the first: 151 bytes that ended a process.
write("animated-grey1.png", bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55000000086163544c00000002000000"
    "00f38d93700000000a49444154789c636000000002000148afa4710000001a6663544c00000000000000010000000100"
    "000000000000000001000a00005a7f30d00000000e6664415400000001789cfbcf000002000100294598510000000049"
    "454e44ae426082"), [[(0, 0, 0)]])

# JPEG ----------------------------------------------------------------------------------------------------------------
save("xmp6.jpg", RGB, format="JPEG", quality=95, subsampling=0, xmp=xmp(6))
save("exif-before-xmp.jpg", RGB, format="JPEG", quality=95, subsampling=0, exif=b"Exif\0\0" + exif(3), xmp=xmp(6))
save("comment.jpg", RGB, format="JPEG", quality=95, comment=b"no part of the picture", icc_profile=bytes(300))

# WebP ----------------------------------------------------------------------------------------------------------------
clear = RGB.copy()
clear.putalpha(Image.frombytes("L", (W, H), bytes((x * 40 + y) % 256 for y in range(H) for x in range(W))))
save("lossy.webp", RGB, format="WEBP", quality=80)
save("lossless.webp", RGB, format="WEBP", lossless=True)
save("lossy-alpha.webp", clear, format="WEBP", quality=80, exact=True)
save("lossless-alpha.webp", clear, format="WEBP", lossless=True, exact=True)
save("animated.webp", frames[0], format="WEBP", save_all=True, append_images=frames[1:], lossless=True)
save("exif6.webp", RGB, format="WEBP", lossless=True, exif=b"Exif\0\0" + exif(6))
save("exif7.webp", RGB, format="WEBP", quality=80, exif=exif(7, "<"))
save("xmp8.webp", RGB, format="WEBP", lossless=True, xmp=xmp(8))


# TIFF ----------------------------------------------------------------------------------------------------------------
def tiff(blocks, order="<", **tags):
    """Tags by number (t259=...); blocks are what strips or tiles hold."""
    tags = {int(name[1:]): v if isinstance(v, (list, tuple)) else [v] for name, v in tags.items()}
    tiled = 322 in tags
    places, at = [], 8
    for block in blocks:
        places.append(at)
        at += len(block) + len(block) % 2
    tags[324 if tiled else 273] = places
    tags[325 if tiled else 279] = [len(block) for block in blocks]
    tags = {256: [W], 257: [H], 259: [1], **tags}
    directory, extra = struct.pack(order + "H", len(tags)), b""
    behind = at + 2 + 12 * len(tags) + 4
    for tag in sorted(tags):
        kind = "I" if tag in (273, 279, 324, 325) else "H"
        packed = struct.pack(order + str(len(tags[tag])) + kind, *tags[tag])
        directory += struct.pack(order + "HHI", tag, 4 if kind == "I" else 3, len(tags[tag]))
        if len(packed) <= 4:
            directory += packed + bytes(4 - len(packed))
        else:
            directory += struct.pack(order + "I", behind + len(extra))
            extra += packed + bytes(len(packed) % 2)
    data = b"".join(block + bytes(len(block) % 2) for block in blocks)
    return (b"MM\0*" if order == ">" else b"II*\0") + struct.pack(order + "I", at) + data + directory + bytes(4) + extra


def strips(rows, per_strip):
    return [b"".join(rows[y:y + per_strip]) for y in range(0, len(rows), per_strip)]


COLOUR = dict(t258=[8, 8, 8], t262=2, t277=3)
lines = [bytes(v for p in row for v in p) for row in ROWS]
write("strips.tif", tiff(strips(lines, 3), t278=3, **COLOUR))
write("big-endian.tif", tiff(strips(lines, 2), ">", t278=2, **COLOUR))
write("orientation6.tif", tiff([b"".join(lines)], t274=6, t278=H, **COLOUR),
      [[ROWS[H - 1 - x][y] for x in range(H)] for y in range(W)])
write("planes.tif", tiff([bytes(p[c] for row in ROWS for p in row) for c in range(3)], t278=H, t284=2, **COLOUR))
tiles = []
for top in (0,):
    for left in (0,):
        tiles.append(b"".join(bytes(v for x in range(16) for v in (ROWS[y][x] if y < H and x < W else (9, 9, 9))) for y in range(16)))
write("tiles.tif", tiff(tiles, t322=16, t323=16, **COLOUR))
many = picture(40, 20)
tiles = [many.crop((x, y, x + 16, y + 16)).tobytes() for y in (0, 16) for x in (0, 16, 32)]
write("tiles-deflate.tif", tiff([zlib.compress(t) for t in tiles], t256=40, t257=20, t259=8, t322=16, t323=16, **COLOUR))
write("grey2.tif", tiff([b"".join(bits([v >> 6 for v in row], 2) for row in GREY)], t258=2, t262=1, t278=H))
write("grey16.tif", tiff([struct.pack("<%dH" % (W * H), *(v * 256 + 77 for row in GREY for v in row))], t258=16, t262=1, t278=H), grey(GREY))
write("white-is-zero.tif", tiff([bytes(v for row in GREY for v in row)], t258=8, t262=0, t278=H))
write("palette4.tif", tiff([b"".join(bits(row, 4) for row in index)], t258=4, t262=3, t278=H,
                           t320=[palette[4 * i + c] * 257 for c in range(3) for i in range(16)]))
rgb16 = [struct.pack(">%dH" % (3 * W), *(v * 256 + 99 for p in row for v in p)) for row in ROWS]
write("rgb16.tif", tiff([b"".join(rgb16)], ">", t258=[16, 16, 16], t262=2, t277=3, t278=H))
for order in "<>":
    differences = []
    for row in ROWS:
        flat = [v * 256 + 99 for p in row for v in p]
        differences.append(struct.pack(order + "%dH" % len(flat), *((v - (flat[i - 3] if i > 2 else 0)) % 65536 for i, v in enumerate(flat))))
    write("rgb16-predictor-%s.tif" % ("little" if order == "<" else "big"),
          tiff([zlib.compress(b"".join(differences))], order, t258=[16, 16, 16], t259=8, t262=2, t277=3, t278=H, t317=2), ROWS)
multiplied = [[tuple(v * p[3] // 255 for v in p[:3]) + (p[3],) for p in row] for row in with_alpha(ROWS)]
ALPHA = dict(t258=[8] * 4, t262=2, t277=4, t278=H)
write("associated-alpha.tif", tiff([bytes(v for row in multiplied for p in row for v in p)], t338=1, **ALPHA))
write("alpha.tif", tiff([bytes(v for row in with_alpha(ROWS) for p in row for v in p)], t338=2, **ALPHA))
write("fourth.tif", tiff([bytes(v for row in with_alpha(ROWS) for p in row for v in p)], t338=0, **ALPHA))
write("cmyk.tif", tiff([bytes(v for row in with_alpha(ROWS) for p in row for v in p)], t258=[8] * 4, t262=5, t277=4, t278=H))
large = picture(90, 80)
save("lzw.tif", large, format="TIFF", compression="tiff_lzw")
save("lzw-predictor.tif", large, format="TIFF", compression="tiff_lzw", tiffinfo={317: 2})
save("deflate.tif", RGB, format="TIFF", compression="tiff_adobe_deflate")
save("packbits.tif", RGB, format="TIFF", compression="packbits")
save("packbits1.tif", RGB.convert("1"), format="TIFF", compression="packbits")

golden = {name: {"height": h, "width": w, "rgb": base64.b64encode(rgb).decode()} for name, (h, w, rgb) in sorted(expected.items())}
(here / "formats.json").write_text(json.dumps(golden, indent=1) + "\n")
