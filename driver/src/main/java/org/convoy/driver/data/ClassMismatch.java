package org.convoy.driver.data;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** How the classes of a split differ from those that are expected, as a message. */
final class ClassMismatch {
  private static final int MOST_NAMES = 10;

  private ClassMismatch() {}

  /**
   * The message, naming each class that is missing or unknown.
   *
   * @param title the split, as messages name it
   * @param expected class names in label order
   * @param owner owner of the expected classes
   */
  static String message(String title, List<String> classes, List<String> expected, String owner) {
    TreeSet<String> missing = new TreeSet<>(expected);
    classes.forEach(missing::remove);
    TreeSet<String> unknown = new TreeSet<>(classes);
    expected.forEach(unknown::remove);
    StringBuilder message =
        new StringBuilder(title)
            .append(" does not have the classes of ")
            .append(owner)
            .append(": expected ")
            .append(expected.size())
            .append(", got ")
            .append(classes.size());
    append(message, "missing", missing);
    append(message, "unknown", unknown);
    if (missing.isEmpty() && unknown.isEmpty()) {
      message.append("; the same names in another order");
    }
    TreeSet<String> all = new TreeSet<>(missing);
    all.addAll(unknown);
    UnicodeForms.alike(all).forEach(each -> message.append("; ").append(each));
    return message.toString();
  }

  private static void append(StringBuilder message, String what, Set<String> names) {
    if (!names.isEmpty()) {
      message
          .append("; ")
          .append(what)
          .append(": ")
          .append(String.join(", ", names.stream().limit(MOST_NAMES).toList()))
          .append(
              names.size() > MOST_NAMES ? ", and " + (names.size() - MOST_NAMES) + " more" : "");
    }
  }
}
