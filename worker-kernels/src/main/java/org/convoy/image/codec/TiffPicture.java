package org.convoy.image.codec;

import java.util.Locale;

/**
 * A TIFF file (TIFF 6.0): its first picture, in strips or tiles, of grey, RGB, CMYK or palette
 * samples of 1, 2, 4, 8 or 16 bits, uncompressed or compressed by LZW, deflate or PackBits. Other
 * variants of the format are refused by name.
 */
final class TiffPicture implements Picture {
  private static final int WIDTH = 256;
  private static final int HEIGHT = 257;
  private static final int BITS_PER_SAMPLE = 258;
  private static final int COMPRESSION = 259;
  private static final int FILL_ORDER = 266;
  private static final int STRIP_OFFSETS = 273;
  private static final int ORIENTATION = 274;
  private static final int SAMPLES_PER_PIXEL = 277;
  private static final int ROWS_PER_STRIP = 278;
  private static final int STRIP_BYTES = 279;
  private static final int PLANES = 284;
  private static final int PREDICTOR = 317;
  private static final int TILE_WIDTH = 322;
  private static final int TILE_HEIGHT = 323;
  private static final int TILE_OFFSETS = 324;
  private static final int TILE_BYTES = 325;
  private static final int SAMPLE_FORMAT = 339;

  /** Four colours and one more sample. So a pixel takes at most ten bytes. */
  private static final int MAX_SAMPLES = 5;

  /** Tiles may be larger than a small picture, but only up to this size. */
  private static final long LEAST_TILE_PIXELS = 1 << 20;

  private final TiffDirectory tags;
  private final FileBytes file;
  private final int width;
  private final int height;
  private final int depth;
  private final int samples;
  private final boolean planar;
  private final boolean predicted;
  private final TiffCompression compression;
  private final TiffColours colours;
  private final int blockWidth;
  private final int blockHeight;
  private final long[] offsets;
  private final long[] lengths;

  private TiffPicture(TiffDirectory tags) throws RefusalException {
    this.tags = tags;
    this.file = tags.file();
    long columns = tags.value(WIDTH, 0);
    long rows = tags.value(HEIGHT, 0);
    PixelLimit.check(columns, rows);
    width = (int) columns;
    height = (int) rows;
    samples = (int) Math.min(tags.value(SAMPLES_PER_PIXEL, 1), 1 << 16);
    depth = depth(tags);
    compression = TiffCompression.of(file, tags.value(COMPRESSION, 1));
    planar = samples > 1 && tags.value(PLANES, 1) == 2;
    predicted = predicted(tags);
    colours = TiffColours.of(tags, samples, depth);
    boolean tiled = tags.has(TILE_WIDTH);
    long blockColumns = tiled ? tags.value(TILE_WIDTH, 0) : width;
    long blockRows =
        tiled ? tags.value(TILE_HEIGHT, 0) : Math.min(tags.value(ROWS_PER_STRIP, height), height);
    PixelLimit.check(blockColumns, blockRows);
    blockWidth = (int) blockColumns;
    blockHeight = (int) blockRows;
    offsets = tags.values(tiled ? TILE_OFFSETS : STRIP_OFFSETS);
    lengths = tags.values(tiled ? TILE_BYTES : STRIP_BYTES);
  }

  static Picture open(FileBytes bytes) throws RefusalException {
    TiffPicture picture = new TiffPicture(TiffDirectory.first("TIFF", bytes.array()));
    picture.check();
    return picture;
  }

  private int depth(TiffDirectory tags) throws RefusalException {
    if (samples < 1 || samples > MAX_SAMPLES) {
      throw file.refusal(samples + " samples per pixel");
    }
    long[] bits = tags.has(BITS_PER_SAMPLE) ? tags.values(BITS_PER_SAMPLE) : new long[] {1};
    for (long each : bits) {
      if (each != bits[0] || (each != 1 && each != 2 && each != 4 && each != 8 && each != 16)) {
        throw file.refusal(String.format(Locale.ROOT, "samples of %d and %d bits", bits[0], each));
      }
    }
    return (int) bits[0];
  }

  private boolean predicted(TiffDirectory tags) throws RefusalException {
    long predictor = tags.value(PREDICTOR, 1);
    if (predictor != 1 && (predictor != 2 || depth < 8)) {
      throw file.refusal(
          String.format(Locale.ROOT, "predictor %d with %d bits per sample", predictor, depth));
    }
    return predictor == 2;
  }

  private void check() throws RefusalException {
    if (tags.value(FILL_ORDER, 1) != 1) {
      throw file.refusal("bits in reverse order");
    }
    if (tags.value(SAMPLE_FORMAT, 1) != 1) {
      throw file.refusal("samples that are not unsigned whole numbers");
    }
    long pixels = (long) width * height;
    if ((long) blockWidth * blockHeight > Math.max(4 * pixels, LEAST_TILE_PIXELS)) {
      throw file.refusal(
          String.format(Locale.ROOT, "tiles of %dx%d pixels", blockWidth, blockHeight));
    }
    long blocks = (long) blocksAcross() * blocksDown() * (planar ? samples : 1);
    if (offsets.length < blocks || lengths.length < blocks) {
      throw file.refusal(
          String.format(
              Locale.ROOT,
              "%d places and %d lengths of %d strips or tiles",
              offsets.length,
              lengths.length,
              blocks));
    }
    for (int i = 0; i < blocks; i++) {
      file.require(offsets[i], lengths[i]);
      compression.check(file, lengths[i], blockBytes(i));
    }
  }

  private int blocksAcross() {
    return (width + blockWidth - 1) / blockWidth;
  }

  private int blocksDown() {
    return (height + blockHeight - 1) / blockHeight;
  }

  private int samplesPerBlock() {
    return planar ? 1 : samples;
  }

  private long rowBytes() {
    return ((long) blockWidth * samplesPerBlock() * depth + 7) / 8;
  }

  /** The last strip ends with the picture. Tiles always have their full size. */
  private long blockBytes(int block) throws RefusalException {
    int down = block / blocksAcross() % blocksDown();
    boolean tiled = tags.has(TILE_WIDTH);
    int rows = tiled ? blockHeight : Math.min(blockHeight, height - down * blockHeight);
    return rowBytes() * rows;
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
    try {
      return tags.has(ORIENTATION)
          ? Orientation.of(tags.value(ORIENTATION, 1))
          : Orientation.UPRIGHT;
    } catch (RefusalException e) {
      return Orientation.UPRIGHT;
    }
  }

  @Override
  public long scratchBytes() {
    return rowBytes() * blockHeight * (planar ? samples : 1);
  }

  @Override
  public void decode(Raster into, DecoderMemory memory) throws RefusalException {
    into.reshape(height, width, 3);
    int perPlane = blocksAcross() * blocksDown();
    byte[][] planes = new byte[planar ? samples : 1][];
    for (int block = 0; block < perPlane; block++) {
      for (int p = 0; p < planes.length; p++) {
        planes[p] = expand(block + p * perPlane, memory);
      }
      paint(planes, block / blocksAcross(), block % blocksAcross(), into);
    }
  }

  private byte[] expand(int block, DecoderMemory memory) throws RefusalException {
    byte[] expanded = new byte[Math.toIntExact(blockBytes(block))];
    compression.expand(file, (int) offsets[block], (int) lengths[block], expanded, memory);
    if (predicted) {
      undoPrediction(expanded);
    }
    return expanded;
  }

  /**
   * Undoes horizontal differencing (section 14): each sample is stored as the difference from the
   * previous pixel.
   */
  private void undoPrediction(byte[] block) {
    int rowBytes = (int) rowBytes();
    int pixelBytes = samplesPerBlock() * depth / 8;
    int low = file.isBigEndian() ? 1 : 0;
    for (int row = 0; row < block.length; row += rowBytes) {
      for (int i = row + pixelBytes; i < row + rowBytes; i += depth / 8) {
        if (depth == 8) {
          block[i] += block[i - pixelBytes];
        } else {
          int sum = (block[i + low] & 0xff) + (block[i - pixelBytes + low] & 0xff);
          block[i + low] = (byte) sum;
          block[i + 1 - low] += (byte) (block[i - pixelBytes + 1 - low] + (sum >> 8));
        }
      }
    }
  }

  private void paint(byte[][] planes, int down, int across, Raster into) throws RefusalException {
    int top = down * blockHeight;
    int left = across * blockWidth;
    int rows = Math.min(blockHeight, height - top);
    int columns = Math.min(blockWidth, width - left);
    int[] pixel = new int[samples];
    for (int y = 0; y < rows; y++) {
      int row = (int) (y * rowBytes());
      int to = ((top + y) * width + left) * 3;
      for (int x = 0; x < columns; x++, to += 3) {
        for (int s = 0; s < samples; s++) {
          pixel[s] = planar ? sample(planes[s], row, x) : sample(planes[0], row, x * samples + s);
        }
        colours.toRgb(pixel, into.pixels(), to);
      }
    }
  }

  /** Samples of 16 bits are cut to the upper 8. */
  private int sample(byte[] block, int row, int index) {
    return switch (depth) {
      case 8 -> block[row + index] & 0xff;
      case 16 -> block[row + 2 * index + (file.isBigEndian() ? 0 : 1)] & 0xff;
      default -> {
        int bit = index * depth;
        int shift = 8 - depth - (bit & 7);
        yield (block[row + (bit >> 3)] & 0xff) >> shift & ((1 << depth) - 1);
      }
    };
  }
}
