package org.convoy.driver.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Makes records of a configuration: each component takes the value of its key, nested records take
 * sections. What is wrong goes to {@link Problems}; binding then goes on with the default, so that
 * one mistake does not hide the next.
 */
final class RecordBinder {
  private final Problems problems;
  private final Values values;
  private final List<String> knownPaths;

  /**
   * A binder.
   *
   * @param root the record of the whole configuration, whose keys are offered as near matches
   * @param transforms the default parameters of each transform
   * @param problems collects what is wrong
   */
  RecordBinder(Class<? extends Record> root, ConfigObject transforms, Problems problems) {
    this.problems = problems;
    this.values = new Values(this, transforms, problems);
    this.knownPaths = paths(root, "").toList();
  }

  /**
   * Binds a section that has its defaults merged in already.
   *
   * @param path of the section, empty for the root
   * @param given the section
   * @param defaults its defaults alone
   * @return empty if no record could be made, in which case a problem says why
   */
  <T extends Record> Optional<T> bind(
      Class<T> type, String path, ConfigObject given, ConfigObject defaults) {
    reportUnknownKeys(type, path, given);
    Map<String, Object> arguments = new LinkedHashMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      String key = Names.kebab(component.getName());
      argument(component.getGenericType(), join(path, key), key, given, defaults)
          .ifPresent(value -> arguments.put(key, value));
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

  private Optional<?> argument(
      Type type, String path, String key, ConfigObject given, ConfigObject defaults) {
    ConfigValue value = given.get(key);
    ConfigValue standard = defaults.get(key);
    if (value == null) {
      problems.add(Problem.at(Origins.of(given), path + ": not set"), path);
      return Optional.empty();
    }
    if (type instanceof Class<?> section && section.isRecord()) {
      if (!(standard instanceof ConfigObject standards)) {
        throw new IllegalStateException("the reference has no section " + path);
      }
      return section(section.asSubclass(Record.class), path, value, standards);
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
   * So that the rules that span sections are checked even if one section breaks its own; what must
   * be set and is not gets a stand-in.
   */
  private <T extends Record> Optional<T> withDefaults(
      Class<T> type,
      InvalidSettings invalid,
      Map<String, Object> arguments,
      ConfigObject defaults) {
    for (RecordComponent component : type.getRecordComponents()) {
      String key = Names.kebab(component.getName());
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
            .map(component -> Names.kebab(component.getName()))
            .toList();
    given.forEach(
        (key, value) -> {
          if (!known.contains(key)) {
            Optional<String> near =
                Names.nearest(key, known).map(name -> join(path, name)).or(() -> elsewhere(key));
            String unknown = join(path, key);
            problems.add(new Problem("unknown key " + unknown, Origins.of(value), near), unknown);
          }
        });
  }

  /** A key that is known in another section, such as {@code learning-rate} at the root. */
  private Optional<String> elsewhere(String key) {
    List<String> names =
        knownPaths.stream().map(path -> path.substring(path.lastIndexOf('.') + 1)).toList();
    return Names.nearest(key, names).map(name -> knownPaths.get(names.indexOf(name)));
  }

  private static Stream<String> paths(Class<?> type, String prefix) {
    return Arrays.stream(Objects.requireNonNull(type.getRecordComponents()))
        .flatMap(
            component -> {
              String path = join(prefix, Names.kebab(component.getName()));
              return component.getType().isRecord()
                  ? Stream.concat(Stream.of(path), paths(component.getType(), path))
                  : Stream.of(path);
            });
  }

  static Type elementOf(Type list) {
    return ((ParameterizedType) list).getActualTypeArguments()[0];
  }

  private static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
