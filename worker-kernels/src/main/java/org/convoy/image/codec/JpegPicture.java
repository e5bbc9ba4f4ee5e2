package org.convoy.image.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.convoy.image.kernels.PixelLibrary;

/**
 * A JPEG file (ITU T.81, annex B), decoded by libjpeg-turbo: windows of it by the library's own
 * functions where there is native code for that, CMYK and all other pictures through OpenCV. First
 * its markers are read from start of image to end of image. Decoders fill the missing part of a
 * truncated file with grey and only warn; here a file without an end is damaged. The decoder gets
 * only segments that affect colours. Other application segments, comments and all bytes after the
 * end are left out.
 */
final class JpegPicture implements Picture {
  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int START_OF_IMAGE = 0xD8;
  private static final int END_OF_IMAGE = 0xD9;
  private static final int START_OF_SCAN = 0xDA;
  private static final int APPLICATION_0 = 0xE0;
  private static final int EXIF_OR_XMP = 0xE1;
  private static final int ADOBE = 0xEE;
  private static final int COMMENT = 0xFE;

  /** Progressive files have about ten scans. Each costs a pass over the whole picture. */
  private static final int MAX_SCANS = 100;

  private static final String XMP_NAME = "http://ns.adobe.com/xap/1.0/\0";

  private final FileBytes file;
  private final Metadata metadata = new Metadata();
  private final FileParts kept;
  private int keptUpTo;
  private int width;
  private int height;
  private int components;
  private boolean progressive;
  private boolean arithmetic;

  /** Whether it is stored in RGB, or may be. */
  private boolean otherColours;

  private int scans;

  private JpegPicture(FileBytes file) {
    this.file = file;
    this.kept = new FileParts(file.array());
  }

  static Picture open(FileBytes file) throws RefusalException {
    JpegPicture picture = new JpegPicture(file);
    picture.walk();
    picture.checkBytes();
    return picture;
  }

  private void walk() throws RefusalException {
    int at = 2;
    while (true) {
      at = nextMarker(at);
      int marker = file.unsigned8(at);
      at++;
      if (marker == END_OF_IMAGE) {
        if (scans == 0) {
          throw new RefusalException("a JPEG without image data");
        }
        keep(at);
        return;
      }
      if (standsAlone(marker)) {
        continue;
      }
      if (at + 2 > file.length()) {
        throw file.truncated("it ends in a segment header");
      }
      int length = file.unsigned16(at);
      if (length < 2) {
        throw new RefusalException("a JPEG segment of length " + length + " at byte " + at);
      }
      if (at + length > file.length()) {
        throw file.truncated("a segment of " + length + " bytes starts at byte " + at);
      }
      segment(marker, at, length);
      at += length;
    }
  }

  /** Huffman codes take at least one bit per block of 64 pixels. Arithmetic codes can take less. */
  private void checkBytes() throws RefusalException {
    if (!arithmetic && (long) width * height > 64L * 8 * kept.length()) {
      throw file.truncated("too few for " + width + "x" + height + " pixels");
    }
  }

  private void segment(int marker, int at, int length) throws RefusalException {
    if (isFrame(marker)) {
      frame(marker, at, length);
    } else if (marker == START_OF_SCAN) {
      if (width == 0) {
        throw new RefusalException("a JPEG scan before its frame header");
      }
      if (++scans > MAX_SCANS) {
        throw new RefusalException("a JPEG of more than " + MAX_SCANS + " scans");
      }
    } else if (marker == ADOBE) {
      otherColours |= length < 14 || file.unsigned8(at + 13) == 0; // Its colour transform.
    } else if (isLeftOut(marker)) {
      if (marker == EXIF_OR_XMP) {
        readMetadata(at + 2, length - 2);
      }
      keep(at - 2);
      keptUpTo = at + length;
    }
  }

  private void frame(int marker, int at, int length) throws RefusalException {
    if (width > 0) {
      throw new RefusalException("a JPEG of two frames");
    }
    if (marker != 0xC0 && marker != 0xC1 && marker != 0xC2 && marker != 0xC9 && marker != 0xCA) {
      throw new RefusalException("a lossless or hierarchical JPEG");
    }
    if (length < 8 || length != 8 + 3 * file.unsigned8(at + 7)) {
      throw new RefusalException("a JPEG frame header of " + length + " bytes");
    }
    if (file.unsigned8(at + 2) != 8) {
      throw new RefusalException("a JPEG of " + file.unsigned8(at + 2) + " bits per sample");
    }
    height = file.unsigned16(at + 3);
    width = file.unsigned16(at + 5);
    components = file.unsigned8(at + 7);
    progressive = marker == 0xC2 || marker == 0xCA;
    arithmetic = marker >= 0xC8;
    if (components != 1 && components != 3 && components != 4) {
      throw new RefusalException("a JPEG of " + components + " components");
    }
    otherColours |= components == 3 && file.unsigned8(at + 8) == 'R';
    PixelLimit.check(width, height);
  }

  private void readMetadata(int from, int length) {
    if (file.has(from, "Exif\0\0")) {
      metadata.exif(file.array(), from, length);
    } else if (file.has(from, XMP_NAME)) {
      metadata.xmp(file.array(), from, length);
    }
  }

  private void keep(int end) {
    kept.add(keptUpTo, end);
    keptUpTo = end;
  }

  /**
   * The index of the code byte of the next marker at or after {@code from}. Skips entropy-coded
   * data, in which FF 00 is a data byte, and fill bytes.
   */
  private int nextMarker(int from) throws RefusalException {
    byte[] bytes = file.array();
    int last = bytes.length - 1;
    for (int i = from; i < last; i++) {
      while (i + Long.BYTES <= last && !hasFF((long) EIGHT_BYTES.get(bytes, i))) {
        i += Long.BYTES;
      }
      if (i < last && bytes[i] == (byte) 0xff && bytes[i + 1] != 0 && bytes[i + 1] != (byte) 0xff) {
        return i + 1;
      }
    }
    throw file.truncated("no end-of-image marker");
  }

  /** Whether one of eight bytes is FF: whether the complement has a byte of zero. */
  private static boolean hasFF(long eight) {
    return (~eight - 0x0101010101010101L & eight & 0x8080808080808080L) != 0;
  }

  private static boolean standsAlone(int marker) {
    return (marker >= 0xD0 && marker <= START_OF_IMAGE) || marker == 0x01;
  }

  private static boolean isFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  /** Only JFIF and Adobe segments describe how colours are stored. */
  private static boolean isLeftOut(int marker) {
    return (marker > APPLICATION_0 && marker <= 0xEF && marker != ADOBE) || marker == COMMENT;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public Orientation orientation() {
    return metadata.orientation();
  }

  /**
   * A copy of the file without the segments left out, all coefficients of a progressive picture,
   * and three bytes per pixel for OpenCV.
   */
  @Override
  public long scratchBytes() {
    long coefficients = progressive || scans > 1 ? 2L * components : 0;
    long decoded = decodesWindows() ? 0 : 3;
    return kept.length() + (decoded + coefficients) * width * height;
  }

  /** Libjpeg-turbo itself leaves CMYK as it is. */
  @Override
  public boolean decodesWindows() {
    return components != 4 && !arithmetic && PixelLibrary.isThere();
  }

  @Override
  public void decode(int divisor, Window window, Raster into, DecoderMemory memory)
      throws RefusalException {
    if (divisor == 1
        && components == 3
        && !otherColours
        && memory.jpeg().replaced(kept, height, width, window, into)) {
      return;
    }
    memory.jpeg().leftOut();
    memory.jpeg().decode(kept, divisor, window, into);
  }

  @Override
  public void decode(Raster into, DecoderMemory memory) throws RefusalException {
    memory.jpeg().leftOut();
    memory.openCv().decode(kept.toArray(), width, height, into);
  }
}
