package org.convoy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Imports point down only: jobs, then driver.training, then the other rooms of the driver, then
 * worker-kernels. It stands in jobs, which sees all modules.
 */
@AnalyzeClasses(packages = "org.convoy", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String[] WORKER_ROOMS = {
    "org.convoy.graph..",
    "org.convoy.models..",
    "org.convoy.kernels..",
    "org.convoy.optim..",
    "org.convoy.loss..",
    "org.convoy.image..",
    "org.convoy.settings..",
    "org.convoy.random..",
    "org.convoy.metrics..",
    "org.convoy.artifact.."
  };

  /** Every package that a rule below names. */
  private static final Set<String> NAMED = new TreeSet<>();

  /** A rule about a room that is no longer there would hold for ever. */
  @ArchTest
  static void everyRoomThatARuleNamesHasClasses(JavaClasses classes) {
    Set<String> rooms = new TreeSet<>(List.of(WORKER_ROOMS));
    rooms.addAll(NAMED);
    for (String room : rooms) {
      assertTrue(
          classes.stream().anyMatch(JavaClass.Predicates.resideInAPackage(room)),
          () -> "a rule names " + room + ", and no class lives there");
    }
  }

  @ArchTest static final ArchRule nobodyImportsJobs = onlyReachedFrom("org.convoy.jobs..");

  @ArchTest
  static final ArchRule onlyJobsImportTraining =
      onlyReachedFrom("org.convoy.driver.training..", "org.convoy.jobs..");

  @ArchTest
  static final ArchRule everyRoomIsKnown =
      classes()
          .should()
          .resideInAnyPackage(
              Stream.concat(
                      Stream.of(WORKER_ROOMS),
                      Stream.of("org.convoy.driver..", "org.convoy.jobs.."))
                  .toArray(String[]::new))
          .because("a new room belongs into this test's rules too");

  @ArchTest static final ArchRule randomStandsAlone = sees("org.convoy.random..");

  @ArchTest
  static final ArchRule graphSeesRandom = sees("org.convoy.graph..", "org.convoy.random..");

  @ArchTest
  static final ArchRule modelsSeeGraph = sees("org.convoy.models..", "org.convoy.graph..");

  @ArchTest
  static final ArchRule kernelsSeeGraph = sees("org.convoy.kernels..", "org.convoy.graph..");

  @ArchTest
  static final ArchRule artifactSeesGraph = sees("org.convoy.artifact..", "org.convoy.graph..");

  @ArchTest
  static final ArchRule benchmarkSeesWhatAStepIsMadeOf =
      sees(
          "org.convoy.jobs.benchmark..",
          "org.convoy.graph..",
          "org.convoy.kernels..",
          "org.convoy.loss..",
          "org.convoy.optim..");

  @ArchTest
  static final ArchRule rivalsSeeWhatAStepIsMadeOf =
      sees(
          "org.convoy.jobs.rivals..",
          "org.convoy.graph..",
          "org.convoy.kernels..",
          "org.convoy.loss..",
          "org.convoy.optim..");

  @ArchTest static final ArchRule settingsStandAlone = sees("org.convoy.settings..");

  @ArchTest
  static final ArchRule optimSeesSettings = sees("org.convoy.optim..", "org.convoy.settings..");

  @ArchTest
  static final ArchRule lossSeesSettings = sees("org.convoy.loss..", "org.convoy.settings..");

  @ArchTest
  static final ArchRule imageSeesSettingsAndRandom =
      sees("org.convoy.image..", "org.convoy.settings..", "org.convoy.random..");

  @ArchTest static final ArchRule codecStandsAlone = sees("org.convoy.image.codec..");

  @ArchTest
  static final ArchRule transformSeesCodec =
      sees(
          "org.convoy.image.transform..",
          "org.convoy.image.codec..",
          "org.convoy.settings..",
          "org.convoy.random..");

  @ArchTest
  static final ArchRule loaderSeesCodecAndTransform =
      sees("org.convoy.image.loader..", "org.convoy.image.codec..", "org.convoy.image.transform..");

  @ArchTest static final ArchRule metricsStandAlone = sees("org.convoy.metrics..");

  @ArchTest
  static final ArchRule workersKnowNoSpark =
      noClasses()
          .that()
          .resideInAnyPackage(WORKER_ROOMS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..", "scala..");

  /** Commands start the context. */
  @ArchTest
  static final ArchRule sparkIsBehindOneRoom =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.convoy.driver.spark..", "org.convoy.jobs..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..", "scala..");

  @ArchTest
  static final ArchRule sparkSeesWhatItLendsACluster =
      sees(
          "org.convoy.driver.spark..",
          "org.convoy.driver.config..",
          "org.convoy.driver.data..",
          "org.convoy.driver.exchange..",
          "org.convoy.kernels..",
          "org.convoy.settings..");

  @ArchTest
  static final ArchRule onlyTrainingAndCommandsSeeSpark =
      onlyReachedFrom(
          "org.convoy.driver.spark..", "org.convoy.driver.training..", "org.convoy.jobs..");

  @ArchTest
  static final ArchRule roomsOfTheDriverFormNoCycles =
      slices().matching("org.convoy.driver.(*)..").should().beFreeOfCycles();

  /** No class outside the room and the named packages depends on the room. */
  private static ArchRule onlyReachedFrom(String room, String... callers) {
    return noClasses()
        .that(JavaClass.Predicates.resideOutsideOfPackages(and(room, callers)))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(room);
  }

  /** Of Convoy, the classes of the room depend on nothing but the room and the named packages. */
  private static ArchRule sees(String room, String... others) {
    DescribedPredicate<JavaClass> elsewhere =
        JavaClass.Predicates.resideInAPackage("org.convoy..")
            .and(JavaClass.Predicates.resideOutsideOfPackages(and(room, others)));
    return noClasses().that().resideInAPackage(room).should().dependOnClassesThat(elsewhere);
  }

  private static String[] and(String room, String... others) {
    String[] all = Stream.concat(Stream.of(room), Stream.of(others)).toArray(String[]::new);
    NAMED.addAll(List.of(all));
    return all;
  }
}
