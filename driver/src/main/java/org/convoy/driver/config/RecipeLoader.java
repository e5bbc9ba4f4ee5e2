package org.convoy.driver.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Reads recipes: HOCON over {@code convoy-reference.conf}, with overrides over both.
 *
 * <p>An override is {@code key=value}. A value that begins with a bracket, a brace or a quotation
 * mark is HOCON. Any other value is taken literally, so {@code data.uri=hdfs://host/data} needs no
 * quotation marks. Substitutions such as {@code ${?CONVOY_DATA}} read the environment.
 */
public final class RecipeLoader {
  private static final String MODEL_NAME = "model.name";

  /** More networks than these are not listed in a message. */
  private static final int MOST_LISTED = 20;

  /**
   * The section of the reference with the default options of each choice. It is not a key of a
   * recipe.
   */
  private static final String OPTIONS = "options";

  private final List<String> models;
  private final Predicate<String> known;

  /** A loader that accepts any model name. */
  public RecipeLoader() {
    this(List.of(), name -> true);
  }

  private RecipeLoader(Collection<String> models, Predicate<String> known) {
    this.models = List.copyOf(models);
    this.known = known;
  }

  /** A loader that reports a model name that is not in this list. */
  public static RecipeLoader knowing(Collection<String> models) {
    return new RecipeLoader(models, models::contains);
  }

  /**
   * A loader that reports a model name that is not known.
   *
   * @param models names that a hint may state
   * @param known whether a name is known, those of families of any size included
   */
  public static RecipeLoader knowing(Collection<String> models, Predicate<String> known) {
    return new RecipeLoader(models, known);
  }

  /**
   * Loads a recipe.
   *
   * @param file the recipe file; its name without extension is the default name of the run
   * @param overrides texts of the form {@code key=value}
   * @throws RecipeException with all problems
   */
  public Recipe load(Path file, List<String> overrides) {
    if (!Files.isRegularFile(file)) {
      String what = Files.isDirectory(file) ? "a folder, expected a recipe file" : "no such file";
      Problem missing = new Problem(what, "", similarFile(file));
      throw new RecipeException("recipe " + file, List.of(missing));
    }
    String fileName = file.getFileName().toString();
    int dot = fileName.lastIndexOf('.');
    String name = dot > 0 ? fileName.substring(0, dot) : fileName;
    return load(
        file.toString(),
        name,
        () -> ConfigFactory.parseFile(file.toFile(), options(file.toString())),
        overrides);
  }

  /**
   * Reads a recipe from a text, such as {@link Recipe#toJson()}.
   *
   * @param text HOCON
   * @param source name of the text in problems
   * @param overrides texts of the form {@code key=value}
   * @throws RecipeException with all problems
   */
  public Recipe parse(String text, String source, List<String> overrides) {
    return load(source, "run", () -> ConfigFactory.parseString(text, options(source)), overrides);
  }

  private interface Source {
    Config read();
  }

  private Recipe load(String source, String name, Source text, List<String> overrides) {
    Problems problems = new Problems();
    Config reference = reference();
    Config standard = reference.withoutPath(OPTIONS);
    try {
      Config merged =
          overrides(overrides, problems).withFallback(text.read()).withFallback(standard).resolve();
      if (merged.root().get("name") == null || merged.getValue("name").unwrapped().equals("")) {
        merged = merged.withValue("name", ConfigValueFactory.fromAnyRef(name));
      }
      checkModelName(merged, problems);
      Optional<Recipe> recipe =
          new RecordBinder(Recipe.class, reference.getObject(OPTIONS), problems)
              .bind(Recipe.class, "", merged.root(), standard.root());
      if (recipe.isPresent() && problems.inOrder().isEmpty()) {
        return recipe.get();
      }
    } catch (ConfigException e) {
      problems.add(unreadable(e), "");
    }
    throw new RecipeException(source, problems.inOrder());
  }

  private void checkModelName(Config merged, Problems problems) {
    if (!merged.hasPath(MODEL_NAME)) {
      return;
    }
    ConfigValue value = merged.getValue(MODEL_NAME);
    String stated = value.unwrapped().toString();
    if (!stated.isBlank() && !known.test(stated)) {
      problems.add(
          models.size() <= MOST_LISTED
              ? Values.wrongName(MODEL_NAME, value, models)
              : Values.wrongName(
                  MODEL_NAME,
                  value,
                  models,
                  "one of the " + models.size() + " networks that deploy/convoy models prints"),
          MODEL_NAME);
    }
  }

  private static Problem unreadable(ConfigException e) {
    String place = e.origin() == null ? "" : Origins.of(e.origin());
    String message = String.valueOf(e.getMessage());
    String origin = e.origin() == null ? "" : e.origin().description() + ": ";
    return Problem.at(
        place, message.startsWith(origin) ? message.substring(origin.length()) : message);
  }

  private static Config overrides(List<String> overrides, Problems problems) {
    Config config = ConfigFactory.empty(Origins.COMMAND_LINE);
    for (String override : overrides) {
      int equals = override.indexOf('=');
      if (equals <= 0) {
        problems.add(
            Problem.at(Origins.COMMAND_LINE, "expected key=value, got \"" + override + "\""), "");
        continue;
      }
      String key = override.substring(0, equals).strip();
      String value = override.substring(equals + 1).strip();
      try {
        ConfigUtil.splitPath(key);
        config = config.withValue(key, overriding(value));
      } catch (ConfigException e) {
        problems.add(
            Problem.at(
                Origins.COMMAND_LINE, "expected a key and a value in HOCON, got " + override),
            key);
      }
    }
    return config;
  }

  private static ConfigValue overriding(String value) {
    boolean structured = !value.isEmpty() && "[{\"".indexOf(value.charAt(0)) >= 0;
    return structured
        ? ConfigFactory.parseString("value = " + value, options(Origins.COMMAND_LINE))
            .getValue("value")
        : ConfigValueFactory.fromAnyRef(value, Origins.COMMAND_LINE);
  }

  private static ConfigParseOptions options(String source) {
    return ConfigParseOptions.defaults()
        .setSyntax(ConfigSyntax.CONF)
        .setAllowMissing(false)
        .setOriginDescription(source);
  }

  private static Config reference() {
    try (InputStream in = RecipeLoader.class.getResourceAsStream(Origins.REFERENCE)) {
      if (in == null) {
        throw new IllegalStateException(Origins.REFERENCE + " is not in the jar");
      }
      return ConfigFactory.parseReader(
          new InputStreamReader(in, StandardCharsets.UTF_8), options(Origins.REFERENCE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<String> similarFile(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      return Optional.empty();
    }
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "*.conf")) {
      entries.forEach(entry -> names.add(entry.getFileName().toString()));
    } catch (IOException e) {
      return Optional.empty();
    }
    return Names.nearest(file.getFileName().toString(), names)
        .map(name -> file.resolveSibling(name).toString());
  }
}
