package org.convoy.jobs;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.convoy.driver.config.Recipe;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * What the commands that train a recipe several times have in common: the recipe, the values that
 * it is given, and what they print at the end. Use as a {@code @Mixin}.
 */
final class TrialOptions {
  @Parameters(paramLabel = "RECIPE", description = "The recipe, a file in HOCON.")
  private @Nullable Path recipe;

  @Mixin private final RecipeOverrides overrides = new RecipeOverrides();

  @Mixin private final JsonOption json = new JsonOption();

  /**
   * Loads the recipe.
   *
   * @param more values that count after those of the command line
   */
  Recipe load(List<String> more) {
    return overrides.load(Objects.requireNonNull(recipe), more);
  }

  /**
   * The folder of all that is written.
   *
   * @param stated on the command line, if it is
   * @param word follows the recipe's name otherwise
   */
  static String folder(@Nullable String stated, Recipe plain, String word) {
    return Locations.of(stated == null ? "runs/" + plain.name() + "-" + word : stated);
  }

  /**
   * A file that was written, as the commands print it.
   *
   * @param what the file is
   */
  record Written(String what, String folder, String name) {
    String path() {
      return folder + "/" + name;
    }
  }

  /**
   * Prints the result.
   *
   * @param lines for people
   * @param result for {@code --json}
   */
  void print(PrintWriter to, List<String> lines, List<Written> files, Object result) {
    lines.forEach(to::println);
    files.forEach(file -> to.printf(Locale.ROOT, "%s  %s%n", file.what(), file.path()));
    json.print(to, result);
    to.flush();
  }
}
