package org.convoy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.convoy.driver.config.RecipeException;
import org.convoy.driver.config.RecipeLoader;
import org.convoy.models.Models;
import org.convoy.settings.Variants;
import org.convoy.task.Metric;
import org.convoy.task.Task;
import org.junit.jupiter.api.Test;

/** What documents say of recipes loads: every block, and every key with a value. */
final class RecipesInDocumentsTest {
  /** What a recipe must state; what a document states comes before it. */
  private static final String MUST = "model.name = resnet20\ndata.uri = data\n";

  /** What some values need beside it. */
  private static final String ON_GPUS = "backend = cudnn\n";

  private static final Pattern SETTING = Pattern.compile("(--set )?[a-z][a-z0-9.-]*\\s*=\\s*\\S.*");

  private final RecipeLoader loader =
      RecipeLoader.knowing(Models.all().stream().map(Models.Model::name).toList());

  @Test
  void blocksLoad() {
    List<String> wrong = new ArrayList<>();
    int blocks = 0;
    for (Path document : Documents.all()) {
      for (String block : Documents.blocks(document, "hocon")) {
        blocks++;
        problem(MUST + block).ifPresent(why -> wrong.add(Documents.name(document) + ": " + why));
      }
    }
    assertEquals(List.of(), wrong);
    assertFalse(blocks < 3, "blocks are found");
  }

  @Test
  void keysWithValuesLoad() {
    List<String> wrong = new ArrayList<>();
    for (Path document : Documents.all()) {
      Documents.words(document)
          .filter(word -> SETTING.matcher(word).matches())
          .map(word -> word.replaceFirst("^--set ", ""))
          .filter(RecipesInDocumentsTest::isOfARecipe)
          .forEach(
              word ->
                  problem(MUST + word)
                      .flatMap(why -> problem(MUST + ON_GPUS + word))
                      .ifPresent(why -> wrong.add(Documents.name(document) + ": " + why)));
    }
    assertEquals(List.of(), wrong);
  }

  /** Those who read a run's files find each metric under the name that the task gives it. */
  @Test
  void metricsOfTasksAreNamed() {
    Path guide = Documents.HOME.resolve("docs/guide/recipes.md");
    String tasks = Documents.read(guide).split("\n## Tasks\n")[1].split("\n## ")[0];
    Map<String, List<String>> stated =
        Documents.matches(Pattern.compile("(?m)^\\| `[a-z-]+` \\| (?!Each image has).*$"), tasks)
            .map(row -> row.group().split(" *\\| *"))
            .collect(Collectors.toMap(cells -> word(cells[1]), cells -> words(cells[4])));
    assertEquals(Variants.of(Task.class).keySet(), stated.keySet());
    stated.forEach((task, metrics) -> assertEquals(metrics, metrics(task), task));
  }

  private List<String> metrics(String task) {
    String more =
        switch (task) {
          case "multi-label" -> "task.labels = labels.csv\nloss.name = binary-cross-entropy";
          case "contrastive" -> "loss.name = nt-xent\ndata.validation = \"\"";
          case "masked-autoencoder" -> "loss.name = mean-squared-error\ndata.validation = \"\"";
          default -> "";
        };
    try {
      return loader
          .parse(MUST + "task.name = " + task + "\n" + more, "document", List.of())
          .task()
          .metrics()
          .stream()
          .map(Metric::name)
          .toList();
    } catch (RecipeException e) {
      throw new IllegalStateException(task, e);
    }
  }

  private static List<String> words(String cell) {
    return Documents.matches(Pattern.compile("`([^`]+)`"), cell)
        .map(word -> word.group(1))
        .toList();
  }

  private static String word(String cell) {
    return words(cell).get(0);
  }

  /** Not Spark's settings, variables, options of Maven, or values that stand for others. */
  private static boolean isOfARecipe(String word) {
    String key = word.replaceFirst("\\s*=.*", "");
    String value = word.replaceFirst("[^=]*=\\s*", "");
    return !key.matches("(spark|user|key|transparent_hugepage)\\b.*")
        && !value.matches("[A-Z_]+|PATH.*|value");
  }

  private Optional<String> problem(String recipe) {
    try {
      loader.parse(recipe, "document", List.of());
      return Optional.empty();
    } catch (RecipeException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
