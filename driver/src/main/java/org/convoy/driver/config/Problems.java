package org.convoy.driver.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** All that is wrong with a recipe, as it is found. */
final class Problems {
  private static final Pattern LINE = Pattern.compile(":(\\d+)$");

  private final List<Problem> found = new ArrayList<>();
  private final Set<String> suspects = new HashSet<>();

  /** Notes a problem of the key with that path. */
  void add(Problem problem, String path) {
    if (!found.contains(problem)) {
      found.add(problem);
    }
    suspect(path);
  }

  /**
   * Notes that the key's value is not the one that the user meant, so that no rule is held to it.
   */
  void suspect(String path) {
    suspects.add(path);
  }

  /** Whether the key has a problem already. */
  boolean concern(String path) {
    return suspects.contains(path);
  }

  /** All problems, in the order of lines; what stands in no file comes last. */
  List<Problem> inOrder() {
    return found.stream().sorted(Comparator.comparingInt(Problems::line)).toList();
  }

  private static int line(Problem problem) {
    Matcher matcher = LINE.matcher(problem.location());
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : Integer.MAX_VALUE;
  }
}
