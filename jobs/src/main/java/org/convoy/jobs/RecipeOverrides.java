package org.convoy.jobs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.config.RecipeLoader;
import org.convoy.models.Models;
import picocli.CommandLine.Option;

/** The option {@code --set} of every command that reads a recipe. Use as a {@code @Mixin}. */
final class RecipeOverrides {
  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides a key of the recipe. May be repeated.")
  private List<String> values = new ArrayList<>();

  /** What was given, in its order. */
  List<String> values() {
    return values;
  }

  /** Loads a recipe with these values. */
  Recipe load(Path recipe) {
    return load(recipe, List.of());
  }

  /**
   * Loads a recipe with these values.
   *
   * @param more values that count after them
   */
  Recipe load(Path recipe, List<String> more) {
    List<String> all = new ArrayList<>(values);
    all.addAll(more);
    List<String> names = Models.all().stream().map(Models.Model::name).toList();
    return RecipeLoader.knowing(names, Models::contains).load(recipe, all);
  }
}
