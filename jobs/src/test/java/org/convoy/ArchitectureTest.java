package org.convoy;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Holds the classes to ARCHITECTURE.md: its table "Who sees whom" is the rule, with a row for each
 * room. A room is a package below {@code org.convoy}. The test stands in jobs, which sees all
 * modules.
 */
@AnalyzeClasses(packages = "org.convoy", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String HOME = "org.convoy.";
  private static final String TABLE = "## Who sees whom";
  private static final Pattern ROW = Pattern.compile("\\| `([a-z0-9.]+)` \\| (.*) \\|");
  private static final Pattern NAME = Pattern.compile("`([a-z0-9.]+)`");

  /** The drawing above the table names every room, by the last word of its name. */
  private static final Pattern DRAWING = Pattern.compile("(?m)^    .*$");

  @ArchTest
  static void everyRoomIsInTheTable(JavaClasses classes) {
    Set<String> rooms =
        classes.stream().map(ArchitectureTest::room).collect(Collectors.toCollection(TreeSet::new));
    assertEquals(rooms, table().keySet());
  }

  @ArchTest
  static void nobodySeesWhatTheTableDoesNotAllow(JavaClasses classes) {
    Map<String, Set<String>> allowed = table();
    List<String> forbidden =
        imports(classes)
            .filter(arrow -> !allowed.getOrDefault(arrow.from(), Set.of()).contains(arrow.to()))
            .map(arrow -> arrow + ": " + arrow.example())
            .sorted()
            .toList();
    assertEquals(List.of(), forbidden, "imports that the table does not have");
  }

  @ArchTest
  static void everyArrowOfTheTableIsUsed(JavaClasses classes) {
    Set<String> used = imports(classes).map(Arrow::toString).collect(Collectors.toSet());
    List<String> idle =
        table().entrySet().stream()
            .flatMap(row -> row.getValue().stream().map(to -> row.getKey() + " -> " + to))
            .filter(arrow -> !used.contains(arrow))
            .toList();
    assertEquals(List.of(), idle, "arrows of the table that no class uses");
  }

  @ArchTest
  static void theDrawingNamesEveryRoom(JavaClasses classes) {
    String text = text();
    String drawing =
        DRAWING
            .matcher(text.substring(0, text.indexOf(TABLE)))
            .results()
            .map(line -> line.group())
            .collect(Collectors.joining("\n"));
    List<String> missing =
        table().keySet().stream()
            .filter(
                room ->
                    !drawing.matches(
                        "(?s).*\\b" + room.substring(room.lastIndexOf('.') + 1) + "\\b.*"))
            .toList();
    assertEquals(List.of(), missing);
  }

  /** Every pattern of the rules below must find classes, or a rule would hold for ever. */
  @ArchTest
  static void everyPatternOfTheRulesFindsClasses(JavaClasses classes) {
    for (String pattern :
        List.of("org.convoy.driver..", "org.convoy.jobs..", SPARK_ROOM, ML_ROOM)) {
      assertTrue(
          classes.stream().anyMatch(JavaClass.Predicates.resideInAPackage(pattern)),
          () -> "a rule names " + pattern + ", and no class lives there");
    }
  }

  private static final String SPARK_ROOM = "org.convoy.driver.spark..";
  private static final String ML_ROOM = "org.convoy.ml..";

  /** Commands start the context; stages of Spark ML are given one. */
  @ArchTest
  static final ArchRule sparkIsBehindOneRoom =
      noClasses()
          .that()
          .resideOutsideOfPackages(SPARK_ROOM, "org.convoy.jobs..", ML_ROOM)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..", "scala..");

  @ArchTest
  static final ArchRule workersKnowNoSparkAndNoHadoop =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.convoy.driver..", "org.convoy.jobs..", ML_ROOM)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "scala..");

  /** What their methods return differs between Netty 4.1 and 4.2, and one jar runs with both. */
  @ArchTest
  static final ArchRule channelsOfNettyAreKnownByTheirInterfaces =
      noClasses()
          .should()
          .callMethodWhere(
              target(owner(JavaClass.Predicates.resideInAPackage("io.netty.channel..nio.."))));

  @ArchTest
  static final ArchRule roomsOfTheDriverFormNoCycles =
      slices().matching("org.convoy.driver.(*)..").should().beFreeOfCycles();

  /** A class of one room uses a class of another. */
  private record Arrow(String from, String to, String example) {
    @Override
    public String toString() {
      return from + " -> " + to;
    }
  }

  private static Stream<Arrow> imports(JavaClasses classes) {
    return classes.stream()
        .flatMap(each -> each.getDirectDependenciesFromSelf().stream())
        .filter(each -> isOurs(each.getTargetClass().getBaseComponentType()))
        .map(ArchitectureTest::arrow)
        .filter(arrow -> !arrow.from().equals(arrow.to()))
        .collect(
            Collectors.toMap(Arrow::toString, arrow -> arrow, (one, other) -> one, TreeMap::new))
        .values()
        .stream();
  }

  private static Arrow arrow(Dependency dependency) {
    JavaClass target = dependency.getTargetClass().getBaseComponentType();
    return new Arrow(room(dependency.getOriginClass()), room(target), dependency.getDescription());
  }

  private static boolean isOurs(JavaClass type) {
    return type.getPackageName().startsWith(HOME);
  }

  private static String room(JavaClass type) {
    return type.getPackageName().substring(HOME.length());
  }

  /** Each room of the table, and whom it sees. */
  private static Map<String, Set<String>> table() {
    String text = text();
    Map<String, Set<String>> rows = new TreeMap<>();
    text.substring(text.indexOf(TABLE) + TABLE.length())
        .lines()
        .takeWhile(line -> !line.startsWith("## "))
        .map(ROW::matcher)
        .filter(Matcher::matches)
        .forEach(row -> rows.put(row.group(1), names(row.group(2))));
    return rows;
  }

  private static Set<String> names(String cell) {
    return NAME.matcher(cell)
        .results()
        .map(name -> name.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String text() {
    try {
      return Files.readString(Path.of(System.getProperty("convoy.home"), "ARCHITECTURE.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
