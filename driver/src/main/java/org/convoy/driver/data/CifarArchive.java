package org.convoy.driver.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The archives of CIFAR-10 and CIFAR-100 as they are distributed, by the folder in them. Both
 * versions become the files of the binary one, which {@link CifarFormat} reads.
 */
enum CifarArchive {
  TEN_PYTHON("cifar-10-batches-py/"),
  HUNDRED_PYTHON("cifar-100-python/"),
  TEN_BINARY("cifar-10-batches-bin/"),
  HUNDRED_BINARY("cifar-100-binary/");

  /** The longest file, the training images of CIFAR-100 in Python, has 148 MiB. */
  private static final int MOST_BYTES = 256 << 20;

  /** Lists of names in Python's version, and the files that have them in the binary one. */
  private static final Map<String, String> NAMES =
      Map.of("batches.meta", "batches.meta.txt", "meta", "fine_label_names.txt");

  private final String folder;

  CifarArchive(String folder) {
    this.folder = folder;
  }

  /** Receives the files. */
  @FunctionalInterface
  interface Files {
    void file(String name, byte[] content) throws IOException;
  }

  /** Looks at the name of the first entry of a tar, and leaves the stream where it was. */
  static Optional<CifarArchive> recognise(InputStream tar) throws IOException {
    if (!(tar instanceof BufferedInputStream)) {
      throw new IllegalArgumentException("expected a stream that goes back");
    }
    tar.mark(TarHeader.BLOCK);
    String head = new String(tar.readNBytes(TarHeader.BLOCK), StandardCharsets.ISO_8859_1);
    tar.reset();
    for (CifarArchive each : values()) {
      if (head.startsWith(each.folder) || head.startsWith("./" + each.folder)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  /**
   * Passes on every file in the binary version's form.
   *
   * @throws DataSetException if a file has not the form that it is distributed in
   */
  void unpack(InputStream in, Files files) throws IOException {
    try (TarArchiveInputStream tar = new TarArchiveInputStream(in)) {
      for (TarArchiveEntry entry = next(tar); entry != null; entry = next(tar)) {
        String path = entry.getName();
        String name = path.substring(path.lastIndexOf('/') + 1);
        if (!entry.isFile() || !isData(name)) {
          continue;
        }
        byte[] content = content(tar, entry);
        if (this == TEN_BINARY || this == HUNDRED_BINARY) {
          files.file(name, content);
        } else if (NAMES.containsKey(name)) {
          List<String> names =
              CifarPickle.read(path, content)
                  .texts(this == TEN_PYTHON ? "label_names" : "fine_label_names");
          files.file(
              NAMES.get(name), (String.join("\n", names) + "\n").getBytes(StandardCharsets.UTF_8));
        } else {
          files.file(name + ".bin", records(CifarPickle.read(path, content)));
        }
      }
    }
  }

  private static @Nullable TarArchiveEntry next(TarArchiveInputStream tar) throws DataSetException {
    try {
      return tar.getNextTarEntry();
    } catch (IOException | IllegalArgumentException e) {
      throw new DataSetException("CIFAR's archive is damaged or cut short: " + e.getMessage(), e);
    }
  }

  private static byte[] content(TarArchiveInputStream tar, TarArchiveEntry entry)
      throws DataSetException {
    long size = entry.getSize();
    if (size > MOST_BYTES) {
      throw new DataSetException(
          entry.getName()
              + " of CIFAR's archive: expected at most "
              + MOST_BYTES
              + " bytes, got "
              + size);
    }
    try {
      return tar.readNBytes((int) size);
    } catch (IOException e) {
      throw new DataSetException(
          entry.getName() + " of CIFAR's archive is damaged or cut short: " + e.getMessage(), e);
    }
  }

  private boolean isData(String name) {
    return switch (this) {
      case TEN_BINARY, HUNDRED_BINARY -> name.endsWith(".bin") || name.endsWith(".txt");
      case TEN_PYTHON -> name.matches("data_batch_\\d|test_batch|batches\\.meta");
      case HUNDRED_PYTHON -> name.matches("train|test|meta");
    };
  }

  private byte[] records(CifarPickle batch) throws DataSetException {
    byte[] pixels = batch.pixels();
    List<byte[]> labels =
        this == TEN_PYTHON
            ? List.of(batch.labels("labels"))
            : List.of(batch.labels("coarse_labels"), batch.labels("fine_labels"));
    int image = CifarFormat.IMAGE_BYTES;
    int count = pixels.length / image;
    byte[] records = new byte[count * (labels.size() + image)];
    int to = 0;
    for (int i = 0; i < count; i++) {
      for (byte[] each : labels) {
        if (each.length != count) {
          throw batch.damaged(count + " labels", Integer.toString(each.length));
        }
        records[to++] = each[i];
      }
      System.arraycopy(pixels, i * image, records, to, image);
      to += image;
    }
    return records;
  }
}
