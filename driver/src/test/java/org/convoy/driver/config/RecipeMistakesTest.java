package org.convoy.driver.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mistakes that come from habits with other programs, and mistakes across sections. */
class RecipeMistakesTest {

  @Test
  void allAreReportedAtOnceWithFileLineAndAllowedValues(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("x.conf"),
            """
            model { name = ResNet-50, input = [3, 32, 32] }
            data.uri = "data/x.tar"
            batch_size = 256
            num_epochs = 90
            workers = 8
            pretrained = true
            optimizer { lr = 0.1, weight_decay = 0.0001 }
            image.mean = [123.675, 116.28, 103.53]
            image.train = [{random-resized-crop: {size: [24, 32]}}]
            image.evaluation = [{resize: 40}]
            schedule { name = cosine, milestones = [3] }
            precision = fp16
            """);
    RecipeException e =
        assertThrows(
            RecipeException.class,
            () ->
                RecipeLoader.knowing(List.of("resnet50", "resnet20")).load(file, List.of("amp=1")));
    String at = " (" + file + ":";
    assertEquals(
        List.of(
            "model.name: expected one of resnet50, resnet20, got \"ResNet-50\""
                + at
                + "1), did you mean resnet50?",
            "unknown key batch_size" + at + "3), did you mean batch.micro-batch-size?",
            "unknown key num_epochs" + at + "4), did you mean epochs?",
            "unknown key workers" + at + "5), did you mean data.decode-threads?",
            "unknown key pretrained" + at + "6)",
            "unknown key optimizer.lr" + at + "7), did you mean schedule.learning-rate?",
            "unknown key optimizer.weight_decay" + at + "7), did you mean optimizer.weight-decay?",
            "image.mean: expected values on the scale 0 to 1, got [123.675, 116.28, 103.53];"
                + " divided by 255 they are [0.485, 0.456, 0.406]"
                + at
                + "8)",
            "image.train: expected transforms that give 32x32 pixels, got 24x32" + at + "9)",
            "image.evaluation: expected transforms that give 32x32 pixels, got a shorter side of"
                + " 40: a crop to that size is missing"
                + at
                + "10)",
            "unknown key schedule.milestones, cosine has learning-rate, warm-up-epochs, floor"
                + at
                + "11)",
            "precision: expected one of float32, bfloat16, got \"fp16\"" + at + "12)",
            "unknown key amp (--set), did you mean precision?"),
        e.problems().stream().map(Problem::toString).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "lr, schedule.learning-rate",
    "learning_rate, schedule.learning-rate",
    "batchSize, batch.micro-batch-size",
    "weight_decay, optimizer.weight-decay",
    "momentum, optimizer.momentum",
    "num_workers, data.decode-threads",
    "max_grad_norm, gradient-clip-norm",
    "label_smoothing, loss.label-smoothing",
    "optimizr, optimizer"
  })
  void aSynonymSuggestsTheRightKey(String word, String key) {
    RecipeException e =
        assertThrows(
            RecipeException.class,
            () ->
                new RecipeLoader()
                    .parse(
                        String.format(Locale.ROOT, "model.name = x, data.uri = y, %s = 1", word),
                        "inline",
                        List.of()));
    assertEquals(key, e.problems().get(0).suggestion().orElse("none"));
  }

  @Test
  void manyNetworksAreCountedAndTheNearestIsNamed() {
    List<String> networks = IntStream.rangeClosed(1, 168).mapToObj(i -> "resnet" + i).toList();
    RecipeException e =
        assertThrows(
            RecipeException.class,
            () ->
                RecipeLoader.knowing(networks)
                    .parse("model.name = resnet168x, data.uri = y", "inline", List.of()));
    assertEquals(
        List.of(
            "model.name: expected one of the 168 networks that deploy/convoy models prints, got"
                + " \"resnet168x\" (inline:1), did you mean resnet168?"),
        e.problems().stream().map(Problem::toString).toList());
  }
}
