package org.convoy.driver.data;

import java.util.Locale;
import java.util.Set;

/**
 * Decides which file names count as images. Contents are not read: a text file named .jpg fails
 * when it is decoded.
 */
final class ImageNames {

  /**
   * The extensions that torchvision's ImageFolder accepts, and the other two of netpbm. The decoder
   * reads all of them.
   */
  static final Set<String> EXTENSIONS =
      Set.of("jpg", "jpeg", "png", "ppm", "bmp", "pgm", "pbm", "pnm", "tif", "tiff", "webp");

  private ImageNames() {}

  static boolean isImage(String fileName) {
    int dot = fileName.lastIndexOf('.');
    return dot > 0
        && !isHidden(fileName)
        && EXTENSIONS.contains(fileName.substring(dot + 1).toLowerCase(Locale.ROOT));
  }

  /** Names that are not data: dot files, and the resource folder that macOS puts into archives. */
  static boolean isHidden(String name) {
    return name.startsWith(".") || name.equals("__MACOSX");
  }
}
