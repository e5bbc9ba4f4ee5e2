package org.convoy.jobs;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** What an argument that names a place stands for. */
final class Locations {
  private static final Pattern SCHEME = Pattern.compile("^[a-zA-Z][a-zA-Z0-9+.-]*:.*");

  private Locations() {}

  /**
   * The place as Hadoop names it, by the rule that recipes have: a URI with a scheme and an
   * absolute path stay as they are (the latter is on Hadoop's default file system), a relative path
   * is one of the working directory on this machine.
   */
  static String of(String argument) {
    if (hasScheme(argument) || argument.startsWith("/")) {
      return argument;
    }
    return "file:" + Path.of(argument).toAbsolutePath().normalize();
  }

  /** Whether it is a URI and no plain path. */
  static boolean hasScheme(String argument) {
    return SCHEME.matcher(argument).matches();
  }
}
