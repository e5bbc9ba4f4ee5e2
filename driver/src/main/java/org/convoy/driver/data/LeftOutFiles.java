package org.convoy.driver.data;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Counts the entries that a listing left out, and keeps the first names of each kind, so that a
 * message can report them all. Not thread-safe.
 */
final class LeftOutFiles implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Names per kind in a message. */
  private static final int NAMES = 5;

  private final EnumMap<LeftOut, Long> counts = new EnumMap<>(LeftOut.class);
  private final EnumMap<LeftOut, TreeSet<String>> names = new EnumMap<>(LeftOut.class);

  void add(String name, LeftOut why) {
    counts.merge(why, 1L, Long::sum);
    addName(name, why);
  }

  void addAll(LeftOutFiles other) {
    other.counts.forEach((why, count) -> counts.merge(why, count, Long::sum));
    other.names.forEach((why, all) -> all.forEach(name -> addName(name, why)));
  }

  private void addName(String name, LeftOut why) {
    TreeSet<String> kept = names.computeIfAbsent(why, each -> new TreeSet<>());
    kept.add(name);
    if (kept.size() > NAMES) {
      kept.remove(kept.last());
    }
  }

  long count() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * One line per kind, either for the suspicious or for the other kinds: "hidden files and folders:
   * 3 (a/.git, ...)".
   */
  List<String> describe(boolean suspicious) {
    List<String> lines = new ArrayList<>();
    for (Map.Entry<LeftOut, Long> each : counts.entrySet()) {
      if (each.getKey().isSuspicious() == suspicious) {
        TreeSet<String> kept = names.getOrDefault(each.getKey(), new TreeSet<>());
        lines.add(
            each.getKey().reason()
                + ": "
                + each.getValue()
                + " ("
                + String.join(", ", kept)
                + (each.getValue() > kept.size() ? ", ..." : "")
                + ")");
      }
    }
    return lines;
  }
}
