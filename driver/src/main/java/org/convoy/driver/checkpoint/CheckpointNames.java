package org.convoy.driver.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the folders and files of checkpoints are called. */
final class CheckpointNames {
  /** The folder of all checkpoints of a run. */
  static final String FOLDER = "checkpoints";

  static final String MANIFEST = "manifest.json";
  static final String PARAMETERS = "parameters.safetensors";

  /** The weights of the best epoch, where a run keeps them. */
  static final String BEST = "best.safetensors";

  private static final Pattern NAME = Pattern.compile("step-(\\d{8,18})");
  private static final Pattern LEFTOVER = Pattern.compile("\\.step-\\d{8,18}\\.(tmp|old)");

  private CheckpointNames() {}

  /** The files that a checkpoint has to have, of which the best epoch's weights may be one. */
  static List<String> parts(int executors, Set<String> found) {
    List<String> names = new ArrayList<>(List.of(PARAMETERS));
    if (found.contains(BEST)) {
      names.add(BEST);
    }
    for (int rank = 0; rank < executors; rank++) {
      names.add(stateFile(rank, executors));
    }
    return names;
  }

  static String stateFile(int rank, int executors) {
    if (rank < 0 || rank >= executors) {
      throw new IllegalArgumentException(
          "rank: expected 0 to " + (executors - 1) + ", got " + rank);
    }
    return "state-" + rank + "-of-" + executors + ".safetensors";
  }

  /** A checkpoint's folder in its run's. */
  static String path(long step) {
    return FOLDER + String.format(Locale.ROOT, "/step-%08d", step);
  }

  /** The step of a folder with this name; empty for another folder. */
  static OptionalLong step(String name) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches()
        ? OptionalLong.of(Long.parseLong(matcher.group(1)))
        : OptionalLong.empty();
  }

  /** Whether a failed attempt leaves a folder of this name. */
  static boolean isLeftover(String name) {
    return LEFTOVER.matcher(name).matches();
  }
}
