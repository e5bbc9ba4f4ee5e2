package org.convoy.settings;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The records of a sealed interface by the names that a recipe gives them: the simple name in
 * kebab-case. The {@code permits} clause is the only list of them.
 */
public final class Variants {
  private Variants() {}

  /** Whether the type is a choice: a sealed interface. */
  public static boolean areOf(Class<?> type) {
    return type.isInterface() && type.isSealed();
  }

  /** Whether the record is one of the records of a choice. */
  public static boolean isOne(Class<?> record) {
    return Arrays.stream(record.getInterfaces()).anyMatch(Variants::areOf);
  }

  /**
   * The records to choose from, by name, in the order of the {@code permits} clause.
   *
   * @throws IllegalArgumentException if the type is not a sealed interface of records
   */
  public static <T> Map<String, Class<? extends T>> of(Class<T> choice) {
    if (!areOf(choice)) {
      throw new IllegalArgumentException("expected a sealed interface, got " + choice);
    }
    Map<String, Class<? extends T>> all = new LinkedHashMap<>();
    for (Class<?> permitted : choice.getPermittedSubclasses()) {
      if (areOf(permitted)) {
        all.putAll(of(permitted.asSubclass(choice)));
      } else if (permitted.isRecord()) {
        all.put(name(permitted), permitted.asSubclass(choice));
      } else {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "%s permits %s, expected a record", choice, permitted));
      }
    }
    return Collections.unmodifiableMap(all);
  }

  /** The name of a record in a recipe, for example {@code random-resized-crop}. */
  public static String name(Class<?> variant) {
    return kebab(variant.getSimpleName());
  }

  /** {@code microBatchSize} and {@code PadAndCrop} in kebab-case. */
  public static String kebab(String javaName) {
    return javaName.replaceAll("(?<=.)(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }
}
