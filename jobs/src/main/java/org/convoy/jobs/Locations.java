package org.convoy.jobs;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** Turns arguments into locations. */
final class Locations {
  private static final Pattern SCHEME = Pattern.compile("^[a-zA-Z][a-zA-Z0-9+.-]*:.*");

  private Locations() {}

  /**
   * The location as a Hadoop path, by the rule of recipes: a URI with a scheme and an absolute path
   * stay unchanged (the latter is on Hadoop's default file system); a relative path is relative to
   * the working directory on this machine.
   */
  static String of(String argument) {
    if (hasScheme(argument) || argument.startsWith("/")) {
      return argument;
    }
    return "file:" + Path.of(argument).toAbsolutePath().normalize();
  }

  /** Whether it is a URI and not a plain path. */
  static boolean hasScheme(String argument) {
    return SCHEME.matcher(argument).matches();
  }
}
