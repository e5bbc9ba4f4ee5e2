package org.convoy.driver.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorInputStream;

/** How a file is compressed, by its name. */
enum Compression {
  GZIP(List.of(".gz", ".tgz"), in -> new GZIPInputStream(in, 1 << 16)),
  ZSTANDARD(List.of(".zst", ".zstd"), ZstdCompressorInputStream::new),
  BZIP2(List.of(".bz2"), in -> new BZip2CompressorInputStream(in, true));

  private static final String SHORT_TAR = ".tgz";

  private final List<String> endings;

  @SuppressWarnings("ImmutableEnumChecker") // A lambda without state.
  private final Opener opener;

  Compression(List<String> endings, Opener opener) {
    this.endings = endings;
    this.opener = opener;
  }

  @FunctionalInterface
  private interface Opener {
    InputStream open(InputStream in) throws IOException;
  }

  /** The compression of a file of this name, if it has one. */
  static Optional<Compression> of(String fileName) {
    String name = fileName.toLowerCase(Locale.ROOT);
    for (Compression each : values()) {
      if (each.endings.stream().anyMatch(name::endsWith)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  /** The name that the file has when it is decompressed: {@code set.tar} for set.tgz. */
  static String nameWithout(String fileName) {
    String name = fileName.substring(0, fileName.lastIndexOf('.'));
    return fileName.toLowerCase(Locale.ROOT).endsWith(SHORT_TAR) ? name + ".tar" : name;
  }

  /**
   * The bytes of a compressed file.
   *
   * @throws EOFException if it ends before they begin
   */
  InputStream open(InputStream in) throws IOException {
    return opener.open(in);
  }
}
