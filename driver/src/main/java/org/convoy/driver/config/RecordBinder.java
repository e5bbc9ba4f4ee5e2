package org.convoy.driver.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.convoy.image.transform.Size;
import org.convoy.settings.InvalidSettings;
import org.convoy.settings.Variants;
import org.jspecify.annotations.Nullable;

/**
 * Makes records from a configuration: each component gets the value of its key, a nested record
 * gets a section, and a sealed interface gets the named record. Mistakes go to {@link Problems};
 * binding then continues with the default, so that one mistake does not hide the next.
 */
final class RecordBinder {
  private final Class<? extends Record> root;
  private final ConfigObject options;
  private final Problems problems;
  private final ChoiceBinder choices;
  private final Values values;
  private final KnownKeys knownKeys;

  /**
   * Makes a binder.
   *
   * @param root the record of the whole configuration; its keys are suggested as near matches
   * @param options the default options of each choice
   * @param problems collects the problems
   */
  RecordBinder(Class<? extends Record> root, ConfigObject options, Problems problems) {
    this.root = root;
    this.options = options;
    this.problems = problems;
    this.choices = new ChoiceBinder(this, options, problems);
    this.values = new Values(choices, problems);
    this.knownKeys = new KnownKeys(root);
  }

  /** The same binder, whose problems are dropped. */
  RecordBinder quiet() {
    return new RecordBinder(root, options, new Problems());
  }

  ChoiceBinder choices() {
    return choices;
  }

  /**
   * Binds a section into which its defaults were merged.
   *
   * @param path path of the section, empty for the root
   * @param given the section
   * @param defaults only its defaults
   * @return empty if no record can be made; then a problem states the reason
   */
  <T extends Record> Optional<T> bind(
      Class<T> type, String path, ConfigObject given, ConfigObject defaults) {
    reportUnknownKeys(type, path, given);
    Map<String, Object> arguments = new LinkedHashMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      String key = Variants.kebab(component.getName());
      if (isAuto(component, given.get(key))) {
        arguments.put(key, 0);
        continue;
      }
      argument(component.getGenericType(), join(path, key), key, given, defaults)
          .ifPresent(value -> arguments.put(key, value));
      if (component.isAnnotationPresent(OrAuto.class) && Objects.equals(arguments.get(key), 0)) {
        // 0 stands for auto in the record, and only there.
        String what = join(path, key) + ": expected at least 1, or auto, got 0";
        ConfigValue value = given.get(key);
        problems.add(Problem.at(Origins.of(value == null ? given : value), what), join(path, key));
        arguments.put(key, 1);
      }
    }
    if (arguments.size() < type.getRecordComponents().length) {
      return Optional.empty();
    }
    try {
      return Optional.of(construct(type, arguments));
    } catch (InvalidSettings invalid) {
      report(invalid, path, given);
      return withDefaults(type, invalid, arguments, defaults);
    }
  }

  private static boolean isAuto(RecordComponent component, @Nullable ConfigValue value) {
    return component.isAnnotationPresent(OrAuto.class)
        && value != null
        && value.unwrapped().equals("auto");
  }

  private Optional<?> argument(
      Type type, String path, String key, ConfigObject given, ConfigObject defaults) {
    ConfigValue value = given.get(key);
    ConfigValue standard = defaults.get(key);
    if (value == null) {
      problems.add(Problem.at(Origins.of(given), path + ": not set"), path);
      return Optional.empty();
    }
    if (type instanceof Class<?> section && section.isRecord() && section != Size.class) {
      if (!(standard instanceof ConfigObject standards)) {
        throw new IllegalStateException("the reference has no section " + path);
      }
      return section(section.asSubclass(Record.class), path, value, standards);
    }
    if (type instanceof Class<?> choice && Variants.areOf(choice)) {
      if (standard == null) {
        throw new IllegalStateException("the reference has no section " + path);
      }
      return choices.ofKey(choice, path, value, standard);
    }
    Optional<?> bound = values.bind(type, path, value);
    if (bound.isEmpty() && standard != null) {
      return values.bind(type, path, standard);
    }
    return bound;
  }

  private <T extends Record> Optional<T> section(
      Class<T> type, String path, ConfigValue value, ConfigObject defaults) {
    if (value instanceof ConfigObject section) {
      return bind(type, path, section, defaults);
    }
    problems.add(Problem.at(Origins.of(value), Values.expected(path, "a section", value)), path);
    return Optional.empty();
  }

  private void report(InvalidSettings invalid, String path, ConfigObject given) {
    for (InvalidSettings.Complaint complaint : invalid.complaints()) {
      String key = join(path, complaint.key());
      boolean followsFromAnother =
          Stream.concat(Stream.of(complaint.key()), complaint.alsoInvolved().stream())
              .anyMatch(involved -> problems.concern(join(path, involved)));
      if (!followsFromAnother) {
        String place =
            Stream.concat(Stream.of(complaint.key()), complaint.alsoInvolved().stream())
                .map(involved -> placeOf(given, involved))
                .filter(found -> !found.isEmpty())
                .findFirst()
                .orElse("");
        problems.add(Problem.at(place, key + ": " + complaint.text()), key);
      }
    }
  }

  private static String placeOf(ConfigObject section, String path) {
    return section.toConfig().hasPath(path) ? Origins.of(section.toConfig().getValue(path)) : "";
  }

  /**
   * Binds the defaults of a section that breaks its own rules, so that rules across sections are
   * still checked. A missing value that must be set gets a substitute.
   */
  private <T extends Record> Optional<T> withDefaults(
      Class<T> type,
      InvalidSettings invalid,
      Map<String, Object> arguments,
      ConfigObject defaults) {
    for (RecordComponent component : type.getRecordComponents()) {
      String key = Variants.kebab(component.getName());
      ConfigValue standard = defaults.get(key);
      boolean blamed =
          invalid.complaints().stream()
              .anyMatch(c -> c.key().equals(key) || c.alsoInvolved().contains(key));
      if (blamed && standard != null && !(standard instanceof ConfigObject)) {
        values
            .bind(component.getGenericType(), key, standard)
            .ifPresent(value -> arguments.put(key, "".equals(value) ? "not set" : value));
      }
    }
    try {
      return Optional.of(construct(type, arguments));
    } catch (InvalidSettings still) {
      return Optional.empty();
    }
  }

  private static <T extends Record> T construct(Class<T> type, Map<String, Object> arguments) {
    Class<?>[] types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      return type.getDeclaredConstructor(types).newInstance(arguments.values().toArray());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof InvalidSettings invalid) {
        throw invalid;
      }
      throw new IllegalStateException("cannot make " + type.getName() + " of " + arguments, e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make " + type.getName() + " of " + arguments, e);
    }
  }

  private void reportUnknownKeys(Class<? extends Record> type, String path, ConfigObject given) {
    List<String> known =
        Arrays.stream(type.getRecordComponents())
            .map(component -> Variants.kebab(component.getName()))
            .toList();
    given.forEach(
        (key, value) -> {
          if (!known.contains(key)) {
            String unknown = join(path, key);
            Optional<String> near = knownKeys.nearest(path, key, known);
            String others = near.isEmpty() && Variants.isOne(type) ? options(type, known) : "";
            problems.add(
                new Problem("unknown key " + unknown + others, Origins.of(value), near), unknown);
          }
        });
  }

  private static String options(Class<?> choice, List<String> known) {
    return String.format(
        Locale.ROOT,
        ", %s has %s",
        Variants.name(choice),
        known.isEmpty() ? "no options" : String.join(", ", known));
  }

  private static String join(String path, String key) {
    return KnownKeys.join(path, key);
  }
}
