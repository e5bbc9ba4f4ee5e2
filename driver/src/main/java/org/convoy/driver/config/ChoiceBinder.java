package org.convoy.driver.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.convoy.settings.Variants;

/**
 * Makes one record of a sealed interface: the record that the recipe names, with the options of the
 * recipe over the default options. Defaults are in the reference under {@code options}, then the
 * name of the interface, then the name of the record.
 *
 * <p>The choice of a key is a section, {@code optimizer { name = sgd, momentum = 0.9 }}, or only a
 * name. An element of a list is only a name, {@code {pad-and-crop: {size: 32, padding: 4}}}, or
 * {@code {resize: 256}} if only the first option is stated.
 */
final class ChoiceBinder {
  private static final String NAME = "name";
  private static final ConfigObject NOTHING = ConfigValueFactory.fromMap(Map.of());

  private final RecordBinder binder;
  private final ConfigObject options;
  private final Problems problems;

  ChoiceBinder(RecordBinder binder, ConfigObject options, Problems problems) {
    this.binder = binder;
    this.options = options;
    this.problems = problems;
  }

  /**
   * The choice of a key. If the named choice cannot be made, which is reported as a problem, the
   * default choice replaces it with the options that both have, so that rules across sections are
   * still checked.
   *
   * @param standard the section of the reference, which names the default choice
   */
  Optional<?> ofKey(Class<?> choice, String path, ConfigValue value, ConfigValue standard) {
    ConfigObject stated =
        value instanceof ConfigObject section
            ? section
            : NOTHING.withOrigin(value.origin()).withValue(NAME, value);
    Optional<?> bound = named(choice, path, stated);
    if (bound.isPresent()) {
      return bound;
    }
    problems.suspect(path);
    ConfigObject standIn = stated.withoutKey(NAME).withFallback(standard);
    return binder.quiet().choices().named(choice, path, standIn);
  }

  private Optional<?> named(Class<?> choice, String path, ConfigObject stated) {
    String namePath = path + "." + NAME;
    ConfigValue name = stated.get(NAME);
    if (name == null) {
      problems.add(Problem.at(Origins.of(stated), namePath + ": not set"), namePath);
      return Optional.empty();
    }
    return type(choice, namePath, name)
        .flatMap(type -> bind(choice, type, path, stated.withoutKey(NAME)));
  }

  /** The choice in an element of a list. */
  Optional<?> ofElement(Class<?> choice, String path, ConfigValue value) {
    Optional<String> name =
        value instanceof ConfigObject single && single.size() == 1
            ? single.keySet().stream().findFirst()
            : Values.text(value);
    if (name.isEmpty()) {
      String form =
          String.format(Locale.ROOT, "the name of a %s or {name: {its options}}", kind(choice));
      problems.add(Problem.at(Origins.of(value), Values.expected(path, form, value)), path);
      return Optional.empty();
    }
    ConfigValue word = ConfigValueFactory.fromAnyRef(name.get()).withOrigin(value.origin());
    return type(choice, path, word)
        .flatMap(
            type -> bind(choice, type, path + "." + name.get(), statedIn(value, name.get(), type)));
  }

  /**
   * A record that is an element of a list: the given keys over the defaults, which are under {@code
   * options} and the name of the record.
   */
  Optional<?> ofRecord(Class<? extends Record> type, String path, ConfigValue value) {
    if (!(value instanceof ConfigObject stated)) {
      problems.add(Problem.at(Origins.of(value), Values.expected(path, "a section", value)), path);
      return Optional.empty();
    }
    ConfigObject defaults = section(options, Variants.name(type));
    ConfigObject given = stated.withFallback(defaults).withOrigin(stated.origin());
    return binder.bind(type, path, given, defaults);
  }

  private static ConfigObject statedIn(ConfigValue element, String name, Class<?> type) {
    ConfigObject none = NOTHING.withOrigin(element.origin());
    if (!(element instanceof ConfigObject single)) {
      return none;
    }
    if (single.get(name) instanceof ConfigObject stated) {
      return stated;
    }
    String first = Variants.kebab(type.getRecordComponents()[0].getName());
    return none.withValue(first, single.get(name));
  }

  private Optional<Class<? extends Record>> type(Class<?> choice, String path, ConfigValue name) {
    Map<String, ? extends Class<?>> variants = Variants.of(choice);
    Optional<Class<? extends Record>> type =
        Values.text(name).map(variants::get).map(found -> found.asSubclass(Record.class));
    if (type.isEmpty()) {
      problems.add(Values.wrongName(path, name, List.copyOf(variants.keySet())), path);
    }
    return type;
  }

  private Optional<?> bind(
      Class<?> choice, Class<? extends Record> type, String path, ConfigObject stated) {
    ConfigObject defaults = section(section(options, kind(choice)), Variants.name(type));
    ConfigObject given = stated.withFallback(defaults).withOrigin(stated.origin());
    return binder.bind(type, path, given, defaults);
  }

  private static ConfigObject section(ConfigObject parent, String name) {
    return parent.get(name) instanceof ConfigObject section ? section : NOTHING;
  }

  private static String kind(Class<?> choice) {
    return Variants.name(choice);
  }
}
