package org.convoy.jobs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.evaluation.NativeBudget;

/**
 * What {@code deploy/convoy} wants to know of a recipe before it submits an application, in a
 * folder of its own.
 *
 * @param folder receives {@code recipe.conf}, the recipe with its includes and overrides in one
 *     file, and {@code spark.conf}, settings as {@code KEY=VALUE}
 */
record Submission(Path folder) {
  void write(Recipe recipe, NativeBudget demand) throws IOException {
    Files.writeString(folder.resolve("recipe.conf"), recipe.toHocon(), StandardCharsets.UTF_8);
    Files.write(folder.resolve("spark.conf"), List.of(demand.setting()), StandardCharsets.UTF_8);
  }
}
