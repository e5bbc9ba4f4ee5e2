package org.convoy.image.codec;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * A WebP file (RFC 9649), decoded by OpenCV's libwebp. The decoder gets only the bitstream of one
 * picture. For an animation this is the first frame, which must cover the canvas. Transparency is
 * dropped.
 */
final class WebpPicture implements Picture {
  private static final int FIRST_CHUNK = 12;
  private static final int FRAME_HEADER_BYTES = 16;

  private final FileBytes file;
  private final Metadata metadata = new Metadata();
  private Optional<Size> canvas = Optional.empty();
  private Optional<Bitstream> bitstream = Optional.empty();

  private WebpPicture(FileBytes file) {
    this.file = file;
  }

  static Picture open(FileBytes file) throws RefusalException {
    long end = file.unsigned32(4) + 8;
    if (end > file.length()) {
      throw file.truncated("it should have " + end);
    }
    WebpPicture picture = new WebpPicture(file);
    picture.walk(FIRST_CHUNK, (int) end);
    picture.check();
    return picture;
  }

  private void walk(int from, int end) throws RefusalException {
    int at = from;
    while (at + 8 <= end) {
      long length = file.unsigned32(at + 4);
      if (length > end - at - 8L) {
        throw file.truncated("a chunk of " + length + " bytes starts at byte " + at);
      }
      chunk(new String(file.array(), at, 4, StandardCharsets.ISO_8859_1), at + 8, (int) length);
      at += 8 + (int) length + (int) (length & 1);
    }
  }

  private void chunk(String type, int from, int length) throws RefusalException {
    switch (type) {
      case "VP8X" -> {
        file.require(from, 10);
        canvas = Optional.of(size(from + 4));
      }
      case "VP8 ", "VP8L" -> {
        if (bitstream.isEmpty()) {
          bitstream = Optional.of(new Bitstream(type, from, length));
        }
      }
      case "ANMF" -> {
        if (bitstream.isEmpty()) {
          frame(from, length);
        }
      }
      case "EXIF" -> metadata.exif(file.array(), from, length);
      case "XMP " -> metadata.xmp(file.array(), from, length);
      default -> {}
    }
  }

  /** A frame holds its position, size, duration and flags, then chunks as in a file. */
  private void frame(int from, int length) throws RefusalException {
    if (length < FRAME_HEADER_BYTES) {
      throw file.refusal("an animation's frame of " + length + " bytes");
    }
    boolean covers =
        file.unsigned24(from) == 0
            && file.unsigned24(from + 3) == 0
            && canvas.equals(Optional.of(size(from + 6)));
    if (!covers) {
      throw file.refusal("an animation whose first frame does not cover its canvas");
    }
    walk(from + FRAME_HEADER_BYTES, from + length);
  }

  private Size size(int at) throws RefusalException {
    return new Size(file.unsigned24(at) + 1, file.unsigned24(at + 3) + 1);
  }

  private void check() throws RefusalException {
    Bitstream found = bitstream.orElseThrow(() -> file.refusal("no picture in it"));
    Size size = found.size(file);
    if (canvas.isPresent() && !canvas.get().equals(size)) {
      throw file.refusal(
          String.format(Locale.ROOT, "a picture of %s on a canvas of %s", size, canvas.get()));
    }
    canvas = Optional.of(size);
  }

  @Override
  public int width() {
    return canvas.orElseThrow().width;
  }

  @Override
  public int height() {
    return canvas.orElseThrow().height;
  }

  @Override
  public Orientation orientation() {
    return metadata.orientation();
  }

  /**
   * A copy of the bitstream, and per pixel four bytes for libwebp and four plus three for OpenCV.
   */
  @Override
  public long scratchBytes() {
    return bitstream.orElseThrow().length + 11L * width() * height();
  }

  @Override
  public void decode(Raster into, DecoderMemory memory) throws RefusalException {
    memory.openCv().decode(bitstream.orElseThrow().asFile(file), width(), height(), into);
  }

  private record Size(int width, int height) {
    @Override
    public String toString() {
      return width + "x" + height;
    }
  }

  /** A chunk that holds a picture: lossy (VP8) or lossless (VP8L). */
  private record Bitstream(String type, int from, int length) {
    Size size(FileBytes file) throws RefusalException {
      if (type.equals("VP8L")) {
        if (length < 5 || file.unsigned8(from) != 0x2f) {
          throw file.refusal("a damaged lossless picture");
        }
        long bits = file.unsigned32(from + 1);
        return new Size((int) (bits & 0x3fff) + 1, (int) (bits >> 14 & 0x3fff) + 1);
      }
      boolean keyFrame = length >= 10 && (file.unsigned8(from) & 1) == 0;
      if (!keyFrame || !file.has(from + 3, "\u009d\u0001*")) {
        throw file.refusal("a damaged lossy picture");
      }
      return new Size(file.unsigned16(from + 6) & 0x3fff, file.unsigned16(from + 8) & 0x3fff);
    }

    /** A WebP file that contains only this picture. */
    byte[] asFile(FileBytes file) {
      int padded = length + (length & 1);
      byte[] whole = new byte[FIRST_CHUNK + 8 + padded];
      write(whole, 0, "RIFF", 4 + 8 + padded);
      write(whole, 8, "WEBP", 0);
      write(whole, FIRST_CHUNK, type, length);
      System.arraycopy(file.array(), from, whole, FIRST_CHUNK + 8, length);
      return whole;
    }

    private static void write(byte[] to, int at, String name, int size) {
      for (int i = 0; i < 4; i++) {
        to[at + i] = (byte) name.charAt(i);
        to[at + 4 + i] = (byte) (size >> 8 * i);
      }
    }
  }
}
