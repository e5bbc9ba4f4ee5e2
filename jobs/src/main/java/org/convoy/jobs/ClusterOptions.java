package org.convoy.jobs;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The options of the launcher {@code deploy/convoy}. The launcher removes them from the command
 * line and passes the corresponding settings to Spark. They are declared here for the help of the
 * commands that run on a cluster. An option that arrives here did not pass through the launcher; it
 * is refused, and the message names the option for {@code spark-submit}. Use as a {@code @Mixin}.
 */
public final class ClusterOptions {
  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec command;

  @Option(
      names = "--executors",
      paramLabel = "N",
      description =
          "Number of executors (default 2), or MIN..MAX. For spark-submit: --num-executors N.")
  void executors(@Nullable String count) {
    refuse("--executors", "--num-executors N");
  }

  @Option(
      names = "--cores",
      paramLabel = "C",
      description =
          "Cores per executor (default: this machine's cores, divided). For spark-submit:"
              + " --executor-cores C and --conf spark.task.cpus=C.")
  void cores(@Nullable Integer count) {
    refuse("--cores", "--executor-cores C --conf spark.task.cpus=C");
  }

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = "URL of the Spark master (default: executors on this machine).")
  void master(@Nullable String url) {
    refuse("--master", "--master URL");
  }

  @Option(
      names = "--conf",
      paramLabel = "KEY=VALUE",
      description = "A Spark setting. May be repeated.")
  void conf(@Nullable List<String> settings) {
    refuse("--conf", "--conf KEY=VALUE");
  }

  @Option(
      names = "--gpus",
      description = "Gives each executor one GPU. For spark-submit: spark.executor.resource.gpu.*.")
  void gpus(boolean wanted) {
    refuse("--gpus", "--conf spark.executor.resource.gpu.amount=1");
  }

  @Option(
      names = "--principal",
      paramLabel = "NAME",
      description = "Who reads and writes on a cluster with Kerberos; as of spark-submit.")
  void principal(@Nullable String name) {
    refuse("--principal", "--principal NAME");
  }

  @Option(
      names = "--keytab",
      paramLabel = "FILE",
      description = "The file with the principal's key; as of spark-submit.")
  void keytab(@Nullable String file) {
    refuse("--keytab", "--keytab FILE");
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
