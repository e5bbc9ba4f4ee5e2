package org.convoy.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The optimizers by the name a recipe gives them, each with its settings and their defaults. */
public final class Optimizers {
  private static final Map<String, Entry> ALL =
      register(
          new Entry(
              "sgd", Map.of("momentum", 0.0, "nesterov", false, "weight-decay", 0.0), Sgd::from));

  private Optimizers() {}

  /**
   * @param name as in a recipe
   * @param defaults every setting there is: its default, a Double or a Boolean, which also says its
   *     type
   * @param factory makes the optimizer of complete, well-typed settings
   */
  private record Entry(
      String name, Map<String, Object> defaults, Function<Settings, ? extends Optimizer> factory) {}

  /**
   * Settings merged over defaults, so that every known key is there with the type of its default.
   */
  static final class Settings {
    private final Map<String, Object> values;

    private Settings(Map<String, Object> values) {
      this.values = values;
    }

    double number(String key) {
      return (Double) get(key);
    }

    boolean flag(String key) {
      return (Boolean) get(key);
    }

    private Object get(String key) {
      Object value = values.get(key);
      if (value == null) {
        throw new IllegalStateException(
            "setting " + key + " has no default; known: " + values.keySet());
      }
      return value;
    }
  }

  /** All names, in the order of registration. */
  public static List<String> names() {
    return List.copyOf(ALL.keySet());
  }

  /**
   * The settings of an optimizer and their defaults: Double for a number, Boolean for a flag.
   *
   * @throws IllegalArgumentException if there is no such optimizer
   */
  public static Map<String, Object> defaults(String name) {
    return entry(name).defaults();
  }

  /**
   * The optimizer of that name.
   *
   * @param settings those that differ from the defaults; any Number or Boolean
   * @throws IllegalArgumentException if the name or a setting is unknown, or a value has the wrong
   *     type or range
   */
  public static Optimizer create(String name, Map<String, ?> settings) {
    Entry entry = entry(name);
    Map<String, Object> merged = new LinkedHashMap<>(entry.defaults());
    settings.forEach((key, value) -> merged.put(key, typed(entry, key, value)));
    return entry.factory().apply(new Settings(merged));
  }

  private static Object typed(Entry entry, String key, Object value) {
    Object standard = entry.defaults().get(key);
    if (standard == null) {
      throw new IllegalArgumentException(
          "optimizer "
              + entry.name()
              + ": unknown setting "
              + key
              + ", known: "
              + entry.defaults().keySet().stream().sorted().toList());
    }
    if (standard instanceof Double && value instanceof Number number) {
      return number.doubleValue();
    }
    if (standard instanceof Boolean && value instanceof Boolean) {
      return value;
    }
    throw new IllegalArgumentException(
        "optimizer "
            + entry.name()
            + ", setting "
            + key
            + ": expected "
            + (standard instanceof Double ? "a number" : "true or false")
            + ", got "
            + value);
  }

  private static Entry entry(String name) {
    Entry entry = ALL.get(name);
    if (entry == null) {
      throw new IllegalArgumentException("unknown optimizer " + name + ", known: " + names());
    }
    return entry;
  }

  private static Map<String, Entry> register(Entry... entries) {
    Map<String, Entry> all = new LinkedHashMap<>();
    for (Entry entry : entries) {
      if (all.put(entry.name(), entry) != null) {
        throw new IllegalStateException("optimizer " + entry.name() + " is registered twice");
      }
    }
    return all;
  }
}
