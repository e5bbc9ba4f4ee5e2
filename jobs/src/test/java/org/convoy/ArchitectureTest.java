package org.convoy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
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
    "org.convoy.metrics..",
    "org.convoy.artifact.."
  };

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
          .because("a new room belongs into this test's rules too")
          .allowEmptyShould(true);

  @ArchTest static final ArchRule graphStandsAlone = sees("org.convoy.graph..");

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

  @ArchTest static final ArchRule optimStandsAlone = sees("org.convoy.optim..");

  @ArchTest static final ArchRule lossStandsAlone = sees("org.convoy.loss..");

  @ArchTest static final ArchRule imageStandsAlone = sees("org.convoy.image..");

  @ArchTest static final ArchRule metricsStandAlone = sees("org.convoy.metrics..");

  @ArchTest
  static final ArchRule workersKnowNoSpark =
      noClasses()
          .that()
          .resideInAnyPackage(WORKER_ROOMS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..", "scala..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule roomsOfTheDriverFormNoCycles =
      slices().matching("org.convoy.driver.(*)..").should().beFreeOfCycles().allowEmptyShould(true);

  /** No class outside the room and the named packages depends on the room. */
  private static ArchRule onlyReachedFrom(String room, String... callers) {
    return noClasses()
        .that(JavaClass.Predicates.resideOutsideOfPackages(and(room, callers)))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(room)
        .allowEmptyShould(true);
  }

  /** Of Convoy, the classes of the room depend on nothing but the room and the named packages. */
  private static ArchRule sees(String room, String... others) {
    DescribedPredicate<JavaClass> elsewhere =
        JavaClass.Predicates.resideInAPackage("org.convoy..")
            .and(JavaClass.Predicates.resideOutsideOfPackages(and(room, others)));
    return noClasses()
        .that()
        .resideInAPackage(room)
        .should()
        .dependOnClassesThat(elsewhere)
        .allowEmptyShould(true);
  }

  private static String[] and(String room, String... others) {
    return Stream.concat(Stream.of(room), Stream.of(others)).toArray(String[]::new);
  }
}
