package org.convoy.driver.config;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** A place that a recipe names. */
final class Location {
  private static final Pattern SCHEME = Pattern.compile("^[a-zA-Z][a-zA-Z0-9+.-]*:.*");

  private Location() {}

  /**
   * A Hadoop path: a URI with a scheme and an absolute path stay as they are (the latter is on
   * Hadoop's default file system), a relative path is one of the local working directory.
   */
  static String of(String stated) {
    if (SCHEME.matcher(stated).matches() || stated.startsWith("/")) {
      return stated;
    }
    return "file:" + Path.of(stated).toAbsolutePath().normalize();
  }
}
