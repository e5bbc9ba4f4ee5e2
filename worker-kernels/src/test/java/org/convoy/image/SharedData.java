package org.convoy.image;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** Finds shared/data beside the checkout and reads the first files of its tars. */
public final class SharedData {
  private static final int BLOCK = 512;

  private SharedData() {}

  /** Skips the calling test, saying so, if there is no such tar. */
  public static Path requireTar(String name) {
    Optional<Path> found = Optional.empty();
    for (Path at = Path.of("").toAbsolutePath();
        at != null && found.isEmpty();
        at = at.getParent()) {
      found = Optional.of(at.resolve("shared/data").resolve(name)).filter(Files::isRegularFile);
    }
    Assumptions.assumeTrue(found.isPresent(), "no shared/data/" + name + " above this checkout");
    return found.orElseThrow();
  }

  /** The first files of a ustar archive, by name, in its order. */
  public static Map<String, byte[]> firstFiles(Path tar, int count) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    try (RandomAccessFile in = new RandomAccessFile(tar.toFile(), "r")) {
      byte[] header = new byte[BLOCK];
      while (files.size() < count) {
        in.readFully(header);
        if (header[0] == 0) {
          break;
        }
        int size = Integer.parseInt(text(header, 124, 12).strip(), 8);
        long next = in.getFilePointer() + (size + BLOCK - 1L) / BLOCK * BLOCK;
        if (header[156] == '0') {
          byte[] content = new byte[size];
          in.readFully(content);
          files.put(text(header, 0, 100), content);
        }
        in.seek(next);
      }
    }
    return files;
  }

  private static String text(byte[] header, int from, int length) {
    String field = new String(header, from, length, StandardCharsets.US_ASCII);
    int end = field.indexOf('\0');
    return end < 0 ? field : field.substring(0, end);
  }
}
