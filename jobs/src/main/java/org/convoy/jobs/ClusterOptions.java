package org.convoy.jobs;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The options of the launcher, {@code deploy/convoy}, which takes them off the command line and
 * hands Spark the settings they stand for. They are declared for the help of the commands that run
 * on a cluster; one that arrives here went past the launcher, and is refused with what to say to
 * {@code spark-submit}. Use as a {@code @Mixin}.
 */
public final class ClusterOptions {
  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec command;

  @Option(
      names = "--executors",
      paramLabel = "N",
      description = "Executors: 2 unless said otherwise. To spark-submit: --num-executors N.")
  void executors(@Nullable Integer count) {
    refuse("--executors", "--num-executors N");
  }

  @Option(
      names = "--cores",
      paramLabel = "C",
      description =
          "Cores of an executor: this machine's, divided, unless said otherwise. To spark-submit:"
              + " --executor-cores C and --conf spark.task.cpus=C.")
  void cores(@Nullable Integer count) {
    refuse("--cores", "--executor-cores C --conf spark.task.cpus=C");
  }

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = "The cluster, as Spark names it. Executors on this machine unless said.")
  void master(@Nullable String url) {
    refuse("--master", "--master URL");
  }

  @Option(
      names = "--conf",
      paramLabel = "KEY=VALUE",
      description = "A setting of Spark's. May be repeated.")
  void conf(@Nullable List<String> settings) {
    refuse("--conf", "--conf KEY=VALUE");
  }

  private void refuse(String option, String instead) {
    CommandLine commandLine = command.commandLine();
    throw new ParameterException(
        commandLine,
        option
            + " is an option of deploy/convoy; give spark-submit "
            + instead
            + ", before the jar");
  }
}
