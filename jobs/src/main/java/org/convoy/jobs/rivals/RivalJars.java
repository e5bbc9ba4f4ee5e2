package org.convoy.jobs.rivals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.convoy.settings.RequestException;

/** Where the launcher builds rivals: their jars, and those that they need. */
public final class RivalJars {
  private RivalJars() {}

  /**
   * The class path of a rival.
   *
   * @param rival the name of its folder
   * @param command that lets the launcher build it
   * @throws RequestException if it has not been built
   */
  public static String classPath(String rival, String command) {
    String folder = System.getProperty("convoy.rivals", "");
    Path target = Path.of(folder, rival, "target");
    if (folder.isEmpty() || !Files.isRegularFile(target.resolve("rival.jar"))) {
      throw new RequestException(
          String.format(
              Locale.ROOT,
              "%s: expected %s, which deploy/convoy %s builds, got no such file",
              rival,
              target.resolve("rival.jar"),
              command));
    }
    return target.resolve("rival.jar") + ":" + target.resolve("lib") + "/*";
  }
}
