package org.convoy.driver.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Collects all problems of a recipe. */
final class Problems {
  private static final Pattern LINE = Pattern.compile(":(\\d+)$");

  private final List<Problem> found = new ArrayList<>();
  private final Set<String> suspects = new HashSet<>();

  /** Adds a problem of the key with this path. */
  void add(Problem problem, String path) {
    if (!found.contains(problem)) {
      found.add(problem);
    }
    suspect(path);
  }

  /** Marks the value of a key as not what the user meant, so that no rule is applied to it. */
  void suspect(String path) {
    suspects.add(path);
  }

  /** Whether the key already has a problem. */
  boolean concern(String path) {
    return suspects.contains(path);
  }

  /** All problems in the order of lines; problems without a file come last. */
  List<Problem> inOrder() {
    return found.stream().sorted(Comparator.comparingInt(Problems::line)).toList();
  }

  private static int line(Problem problem) {
    Matcher matcher = LINE.matcher(problem.location());
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : Integer.MAX_VALUE;
  }
}
