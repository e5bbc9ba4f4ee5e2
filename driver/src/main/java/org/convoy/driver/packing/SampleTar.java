package org.convoy.driver.packing;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Writes samples as WebDataset has them: {@code KEY.jpg}, or another image name, and {@code
 * KEY.cls} with the class. The bytes follow from the samples alone: entries have no times and no
 * owners.
 */
public final class SampleTar implements AutoCloseable {
  private final TarArchiveOutputStream tar;

  /**
   * @param out closed with the tar
   */
  public SampleTar(OutputStream out) {
    this.tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
  }

  /**
   * Adds a sample.
   *
   * @param key different for each sample, without a dot
   * @param image the bytes of an image file
   * @param className a class's name or number
   */
  public void add(String key, byte[] image, String className) throws IOException {
    entry(key + "." + ending(image), image);
    entry(key + ".cls", className.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() throws IOException {
    tar.close();
  }

  private void entry(String name, byte[] content) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setUserName("");
    entry.setModTime(0);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  /** The name's ending only says that the file is an image; its first bytes decide its format. */
  private static String ending(byte[] image) {
    return switch (image.length == 0 ? 0 : image[0]) {
      case (byte) 0x89 -> "png";
      case 'R' -> "webp";
      case 'B' -> "bmp";
      case 'I', 'M' -> "tif";
      case 'P' -> "pnm";
      default -> "jpg";
    };
  }
}
