package org.convoy.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.convoy.driver.config.Recipe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RecipeOverridesTest {
  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private Path folder;

  /** A network of a whole family, which no list names; the later of two values counts. */
  @Test
  void everyNetworkOfTheRegistryMayBeNamed() throws IOException {
    Path file = folder.resolve("a.conf");
    Files.writeString(file, "model.name = efficientnet_phi_1, data.uri = x, epochs = 2");
    RecipeOverrides overrides = new RecipeOverrides();
    new CommandLine(CommandLine.Model.CommandSpec.create().addMixin("set", of(overrides)))
        .parseArgs("--set", "epochs=3", "--set", "seed=7");
    Recipe recipe = overrides.load(file, List.of("seed=8"));
    assertEquals("efficientnet_phi_1", recipe.model().name());
    assertEquals(3, recipe.epochs());
    assertEquals(8, recipe.seed());
  }

  private static CommandLine.Model.CommandSpec of(RecipeOverrides overrides) {
    return CommandLine.Model.CommandSpec.forAnnotatedObject(overrides);
  }
}
