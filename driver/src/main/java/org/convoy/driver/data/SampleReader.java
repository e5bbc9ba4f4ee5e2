package org.convoy.driver.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the bytes of samples on an executor. Thread-safe: the decoding threads of an executor share
 * one reader, and so share its blocks.
 *
 * <p>Samples in a tar are fetched in blocks of neighbours, with one positioned read per block. The
 * most recently used blocks are held up to a number of bytes. Blocks begin at multiples of the
 * block size, like those of {@link Lanes}. So a reader that can hold the windows of its lanes
 * fetches each block once per epoch. Holding blocks affects only the speed, never the returned
 * bytes.
 */
public final class SampleReader implements AutoCloseable {

  /** Larger blocks, and blocks with mostly bytes of no sample, are read sample by sample. */
  private static final long MAX_SPAN = 16L << 20;

  private static final int MAX_WASTE = 4;
  private static final int HEADER_BYTES = 2048;

  private static final int OPEN_FILES = 8;

  private static final Logger LOG = LoggerFactory.getLogger(SampleReader.class);

  private final SampleIndex index;
  private final int blockSize;
  private final long heldBytes;
  private final ReadCache<Integer, Block> blocks;
  private final StreamPool streams;
  private final ByteCache cache;

  /**
   * Makes a reader without opening a file.
   *
   * @param blockSize neighbouring samples that are fetched together
   * @param heldBytes most bytes of blocks held on the heap; with 0 each sample is fetched alone
   */
  public SampleReader(SampleIndex index, int blockSize, long heldBytes, Configuration hadoop) {
    this(index, blockSize, heldBytes, new Cached(CachePlace.NONE, 0).open(), hadoop);
  }

  private SampleReader(
      SampleIndex index, int blockSize, long heldBytes, ByteCache cache, Configuration hadoop) {
    if (blockSize < 1 || heldBytes < 0) {
      throw new IllegalArgumentException(
          "expected a block size >= 1 and held bytes >= 0, got " + blockSize + " and " + heldBytes);
    }
    this.index = index;
    this.blockSize = blockSize;
    this.heldBytes = heldBytes;
    this.blocks = new ReadCache<>(heldBytes);
    this.streams = new StreamPool(hadoop, OPEN_FILES);
    this.cache = cache;
  }

  /**
   * Neighbouring samples that were fetched together, or nothing if reading sample by sample is
   * better.
   *
   * @param start the position of the bytes in the file
   */
  @SuppressWarnings("ArrayRecordComponent") // It is never compared or changed.
  private record Block(long start, byte[] held) implements ReadCache.Sized {
    static final Block NOTHING = new Block(0, new byte[0]);

    @Override
    public long bytes() {
      return held.length;
    }
  }

  /**
   * What is kept of the bytes that were read, for later epochs.
   *
   * @param mebibytes the most that is kept, in MiB
   */
  public record Cached(CachePlace place, long mebibytes) {
    private ByteCache open() {
      try {
        return ByteCache.of(place, mebibytes << 20);
      } catch (IOException e) {
        throw new UncheckedIOException("data.cache: no file for it: " + e.getMessage(), e);
      }
    }
  }

  /** A reader for these lanes that holds at most an eighth of the heap, or 512 MiB. */
  public static SampleReader of(SampleIndex index, LaneSettings settings, Configuration hadoop) {
    return of(index, settings, new Cached(CachePlace.NONE, 0), hadoop);
  }

  /** As {@link #of(SampleIndex, LaneSettings, Configuration)}, with a cache for later epochs. */
  public static SampleReader of(
      SampleIndex index, LaneSettings settings, Cached cached, Configuration hadoop) {
    long held = Math.min(512L << 20, Runtime.getRuntime().maxMemory() / 8);
    return new SampleReader(index, settings.blockSize(), held, cached.open(), hadoop);
  }

  /** Bytes that came from the cache and not from the data set. */
  public long bytesFromCache() {
    return cache.served();
  }

  /**
   * A sample as an image file, in a new array: its bytes, or, if it is bare pixels, a PGM or PPM
   * file of them.
   *
   * @throws IOException naming sample, file and offset if the file is missing, is shorter or longer
   *     than indexed, or cannot be read
   * @throws IllegalStateException after close
   */
  public byte[] read(int sample) throws IOException {
    String pixels = index.pixels(sample);
    byte[] stored = stored(sample);
    return pixels.equals(RawPixels.NONE) ? stored : RawPixels.parse(pixels).toPnm(stored);
  }

  private byte[] stored(int sample) throws IOException {
    if (index.offset(sample) == SampleIndex.WHOLE_FILE) {
      return alone(sample, () -> readFile(sample));
    }
    Block block = blocks.get(sample / blockSize, this::fetch);
    if (block.held().length == 0) {
      return alone(sample, () -> readAlone(sample));
    }
    int from = (int) (index.offset(sample) - block.start());
    return Arrays.copyOfRange(block.held(), from, from + index.length(sample));
  }

  /** Closes all open files. */
  @Override
  public void close() throws IOException {
    streams.close();
    if (cache.served() > 0) {
      LOG.info("data.cache gave {} MiB of {}", cache.served() >> 20, index.title());
    }
    cache.close();
  }

  /** The bytes from the first to the last sample of a block. */
  private Block fetch(int block) throws IOException {
    int first = block * blockSize;
    int end = (int) Math.min(index.count(), (long) first + blockSize);
    long from = Long.MAX_VALUE;
    long until = 0;
    long useful = 0;
    for (int sample = first; sample < end; sample++) {
      if (index.location(sample) != index.location(first)
          || index.offset(sample) == SampleIndex.WHOLE_FILE) {
        return Block.NOTHING;
      }
      from = Math.min(from, index.offset(sample));
      until = Math.max(until, index.offset(sample) + index.length(sample));
      useful += index.length(sample) + HEADER_BYTES;
    }
    long span = until - from;
    if (span > Math.min(MAX_SPAN, heldBytes) || span > MAX_WASTE * useful) {
      return Block.NOTHING;
    }
    Optional<byte[]> kept = cache.get(block);
    if (kept.isPresent()) {
      return new Block(from, kept.get());
    }
    byte[] bytes = new byte[(int) span];
    // The file has become shorter. Reading sample by sample shows which samples are affected.
    if (streams.read(index.uri(first), from, bytes) < span) {
      return Block.NOTHING;
    }
    cache.put(block, bytes);
    return new Block(from, bytes);
  }

  /** Samples that are read alone have the keys -1 and below, blocks those from 0. */
  private byte[] alone(int sample, Retries.Read<byte[]> read) throws IOException {
    Optional<byte[]> kept = cache.get(~sample);
    if (kept.isPresent()) {
      return kept.get();
    }
    byte[] bytes = read.read();
    cache.put(~sample, bytes);
    return bytes;
  }

  private byte[] readAlone(int sample) throws IOException {
    byte[] bytes = new byte[index.length(sample)];
    int got;
    try {
      got = streams.read(index.uri(sample), index.offset(sample), bytes);
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(where(sample) + " cannot be read: " + e.getMessage(), e);
    }
    if (got < bytes.length) {
      throw new IOException(where(sample) + ": expected " + bytes.length + " bytes, got " + got);
    }
    return bytes;
  }

  private byte[] readFile(int sample) throws IOException {
    byte[] bytes = new byte[index.length(sample)];
    long got;
    try {
      got = streams.readFile(index.uri(sample), bytes);
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(where(sample) + " cannot be read: " + e.getMessage(), e);
    }
    if (got != bytes.length) {
      throw new IOException(
          where(sample)
              + ": expected "
              + bytes.length
              + " bytes, got "
              + (got > bytes.length ? "more; the file has changed since it was indexed" : got));
    }
    return bytes;
  }

  private String where(int sample) {
    long offset = Math.max(0, index.offset(sample));
    return "sample "
        + sample
        + " ("
        + index.describe(sample)
        + ") in "
        + index.uri(sample)
        + " at offset "
        + offset;
  }
}
