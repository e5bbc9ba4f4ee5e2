package org.convoy.jobs;

import java.io.PrintWriter;
import org.convoy.settings.RequestException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The program {@code convoy}: the class that {@code spark-submit} is given. */
@Command(
    name = "convoy",
    description = "Distributed training of convolutional networks on a Spark cluster.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    // Every command, in the order of the help.
    subcommands = {
      TrainCommand.class,
      EvaluateCommand.class,
      PredictCommand.class,
      GenerateCommand.class,
      ModelsCommand.class,
      BenchmarkCommand.class,
      HelpCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = "%nconvoy COMMAND --help says what a command takes, with an example.")
public final class Main implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "When something fails, print where as well.")
  @SuppressWarnings("UnusedVariable") // Failures asks the parse result
  private boolean verbose;

  private Main() {}

  /**
   * Runs one command and leaves the JVM. Not by returning, because Spark's barrier coordinator
   * leaves a thread behind that keeps the JVM alive; except on a YARN cluster, where the
   * application master goes on after this class and takes an early exit, whatever its code, for a
   * failure.
   */
  public static void main(String[] args) {
    requireReadable(args);
    Launcher.follow();
    int exitCode;
    try {
      exitCode = commandLine().execute(args);
    } catch (Error e) {
      // Thrown on, it would end this thread and leave the JVM.
      e.printStackTrace();
      exitCode = CommandLine.ExitCode.SOFTWARE;
    }
    if (exitCode != CommandLine.ExitCode.OK || !insideApplicationMaster()) {
      Launcher.leave(exitCode);
    }
  }

  /**
   * Refuses arguments whose letters the JVM could not read: bytes that are no characters in the
   * locale's charset.
   */
  private static void requireReadable(String[] args) {
    for (String argument : args) {
      if (argument.indexOf('\uFFFD') >= 0) {
        System.err.println(
            "convoy: '"
                + argument
                + "' has letters that this JVM cannot read: set LC_ALL=C.UTF-8, as deploy/convoy does");
        System.exit(CommandLine.ExitCode.USAGE);
      }
    }
  }

  /** Whether this is the driver in a YARN cluster, where the process goes on after the command. */
  static boolean insideApplicationMaster() {
    return "yarn".equals(System.getProperty("spark.master"))
        && "cluster".equals(System.getProperty("spark.submit.deployMode"));
  }

  /** The parser with all commands, ready to execute. */
  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setAbbreviatedOptionsAllowed(false)
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler(Failures::ofRequest)
        .setExecutionExceptionHandler(Failures::ofRun);
  }

  /** {@code convoy} alone: its help, and the exit code of a wrong request. */
  @Override
  public void run() {
    PrintWriter err = spec.commandLine().getErr();
    spec.commandLine().usage(err);
    throw new RequestException("no command was given");
  }
}
