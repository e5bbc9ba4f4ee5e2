package org.convoy.driver.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Patterns for names, and groups in a recipe. */
final class ParameterGroupTest {
  private static final String LEAST = "model.name = resnet20, data.uri = \"data/x.tar\"\n";

  @Test
  void aPatternMatchesFullNames() {
    assertTrue(fits("fc.*", "fc.weight"));
    assertFalse(fits("fc.*", "fcs.weight"));
    assertFalse(fits("conv1.*", "layer1.0.conv1.weight"));
    assertTrue(fits("*conv1.*", "layer1.0.conv1.weight"));
    assertTrue(fits("layer[12].*", "layer2.0.bn1.bias"));
    assertFalse(fits("layer[12].*", "layer3.0.bn1.bias"));
    assertTrue(fits("layer[1-3].?.*", "layer3.0.bn1.bias"));
    assertFalse(fits("layer?", "layer12"));
    assertTrue(fits("a[\\&^].(b|c)$", "a&.(b|c)$"));
  }

  private static boolean fits(String match, String name) {
    return new ParameterGroup(match, 1, true, false).matches(name);
  }

  @Test
  void aGroupTakesMissingKeysFromTheReference() {
    Recipe recipe =
        parse("parameters = [{match = \"fc.*\"}, {match = \"*\", rate = 0.1, decay = false}]");
    assertEquals(
        List.of(
            new ParameterGroup("fc.*", 1, true, false), new ParameterGroup("*", 0.1, false, false)),
        recipe.parameters());
    assertEquals(recipe, new RecipeLoader().parse(recipe.toJson(), "json", List.of()));
    assertEquals(recipe, new RecipeLoader().parse(recipe.toHocon(), "hocon", List.of()));
    assertFalse(recipe.digest().equals(parse("").digest()));
  }

  @Test
  void mistakesAreNamedWithTheirLocation() {
    refused("parameters = [{match = \"\"}]", "parameters[0].match: not set");
    refused("parameters = [{}]", "parameters[0].match: not set");
    refused("parameters = [{match = \"layer[12.*\"}]", "expected a pattern with each [ closed");
    refused("parameters = [{match = fc, rate = 0}]", "parameters[0].rate: expected more than zero");
    refused("parameters = [{match = fc, rate = 2, frozen = true}]", "frozen parameters");
    refused("parameters = [{match = fc, freeze = true}]", "unknown key parameters[0].freeze");
    refused("parameters = [fc]", "parameters[0]: expected a section");
  }

  private static void refused(String text, String problem) {
    RecipeException refusal = assertThrows(RecipeException.class, () -> parse(text));
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.contains(problem), message);
  }

  private static Recipe parse(String text) {
    return new RecipeLoader().parse(LEAST + text, "test", List.of());
  }
}
