package org.convoy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.convoy.driver.config.DistillationSettings;
import org.convoy.driver.config.ParameterGroup;
import org.convoy.driver.exchange.sums.Combination;
import org.convoy.image.transform.Mix;
import org.convoy.image.transform.Transform;
import org.convoy.loss.Loss;
import org.convoy.optim.Optimizer;
import org.convoy.optim.Schedule;
import org.convoy.settings.Variants;
import org.convoy.task.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The guide leaves out nothing that a user may choose, or finds in a run's folder. */
final class GuideTest {
  private static final Path MONITOR = source("driver", "org/convoy/driver/monitor");
  private static final Pattern KIND = Pattern.compile("return \"([a-z-]+)\";");
  private static final Pattern FIGURE = Pattern.compile("\"([a-z0-9_]+)\"");
  private static final Pattern FORMAT = Pattern.compile("(?m)^  [A-Z]\\w*\\(\"(\\w+)\", \\w+, ");
  private static final Pattern EXTENSION = Pattern.compile("\"(\\w{3,4})\"");

  @ParameterizedTest
  @ValueSource(
      classes = {
        Task.class,
        Optimizer.class,
        Schedule.class,
        Loss.class,
        Transform.class,
        Mix.class,
        Combination.class
      })
  void everyChoiceIsNamedWithItsOptions(Class<?> choice) {
    Stream<String> names =
        Variants.of(choice).entrySet().stream()
            .flatMap(
                each -> Stream.concat(Stream.of(each.getKey()), options(each.getValue()).stream()));
    assertEquals(List.of(), missing(guide("recipes"), names));
  }

  @ParameterizedTest
  @ValueSource(classes = {ParameterGroup.class, DistillationSettings.class})
  void everyOptionOfASectionIsNamed(Class<?> section) {
    assertEquals(List.of(), missing(guide("recipes"), options(section).stream()));
  }

  private static List<String> options(Class<?> variant) {
    return Arrays.stream(variant.getRecordComponents())
        .map(RecordComponent::getName)
        .map(Variants::kebab)
        .toList();
  }

  @Test
  void everyEventIsNamed() {
    String events = Documents.read(MONITOR.resolve("Event.java"));
    assertEquals(List.of(), missing(guide("runs"), found(KIND, events)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"RunSummary", "StepTimes", "MachineRecord"})
  void everyFigureIsNamed(String record) {
    String figures = Documents.read(MONITOR.resolve(record + ".java"));
    assertEquals(List.of(), missing(guide("runs"), found(FIGURE, figures)));
  }

  @Test
  void everyImageFormatHasARow() {
    Path codec = source("worker-kernels", "org/convoy/image/codec");
    List<String> formats =
        found(FORMAT, Documents.read(codec.resolve("ImageFormat.java"))).distinct().toList();
    assertTrue(formats.contains("JPEG"), "formats are found");
    String guide = guide("data");
    assertEquals(
        List.of(), formats.stream().filter(each -> !guide.contains("\n| " + each + " |")).toList());
  }

  @Test
  void everyExtensionIsNamed() {
    Path names = source("driver", "org/convoy/driver/data").resolve("ImageNames.java");
    Stream<String> extensions = found(EXTENSION, Documents.read(names)).map(each -> "." + each);
    assertEquals(List.of(), missing(guide("data"), extensions));
  }

  @Test
  void theReadmeStaysShort() {
    long lines = Documents.read(Documents.HOME.resolve("README.md")).lines().count();
    assertTrue(lines <= 120, () -> "README.md has " + lines + " lines, expected at most 120");
  }

  @Test
  void everyDecisionHasItsNumberAndADate() {
    List<String> wrong =
        Documents.all().stream()
            .filter(document -> Documents.name(document).startsWith("docs/decisions/"))
            .filter(
                document ->
                    !Documents.read(document)
                        .matches(
                            "(?s)# "
                                + document.getFileName().toString().substring(0, 3)
                                + ": .*\n\n(Decided|Planned) 20\\d\\d-\\d\\d-\\d\\d.*"))
            .map(Documents::name)
            .toList();
    assertEquals(List.of(), wrong);
  }

  private static Stream<String> found(Pattern pattern, String text) {
    List<String> found = Documents.matches(pattern, text).map(each -> each.group(1)).toList();
    assertTrue(found.size() > 1, () -> "found by " + pattern + ": " + found);
    return found.stream();
  }

  /** Which of these do not stand between backticks. */
  private static List<String> missing(String guide, Stream<String> names) {
    return names
        .filter(name -> !guide.contains("`" + name + "`"))
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .toList();
  }

  private static String guide(String name) {
    return Documents.read(Documents.HOME.resolve("docs/guide").resolve(name + ".md"));
  }

  private static Path source(String module, String room) {
    return Documents.HOME.resolve(module).resolve("src/main/java").resolve(room);
  }
}
