package org.convoy.jobs;

import java.nio.file.Path;
import java.util.regex.Pattern;
import org.convoy.settings.RequestException;

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

  /**
   * Refuses a path that is relative to the working directory of a driver on a node of the cluster:
   * the directory is removed when the driver ends.
   */
  static void requireAbsolute(String option, String argument) {
    if (!hasScheme(argument) && !argument.startsWith("/")) {
      throw new RequestException(
          option
              + ": expected a folder on a file system that all nodes reach, such as"
              + " hdfs:///runs/NAME, because the driver runs in the cluster; got the relative path "
              + argument);
    }
  }

  /** Whether it is a URI and not a plain path. */
  static boolean hasScheme(String argument) {
    return SCHEME.matcher(argument).matches();
  }
}
