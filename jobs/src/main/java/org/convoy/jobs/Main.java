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

/** The program {@code convoy}: the main class for {@code spark-submit}. */
@Command(
    name = "convoy",
    description = "Distributed training of convolutional networks on a Spark cluster.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    // Every command, in the order of the help.
    subcommands = {
      TrainCommand.class,
      SweepCommand.class,
      EvaluateCommand.class,
      DoctorCommand.class,
      InspectCommand.class,
      PredictCommand.class,
      ExportCommand.class,
      VerifyCommand.class,
      GenerateCommand.class,
      ModelsCommand.class,
      BenchmarkCommand.class,
      HelpCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = "%nconvoy COMMAND --help shows the options of a command, with an example.")
public final class Main implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of a failure.")
  @SuppressWarnings("UnusedVariable") // Failures reads it from the parse result
  private boolean verbose;

  private Main() {}

  /**
   * Runs one command and exits the JVM. A return would not end it, because Spark's barrier
   * coordinator leaves a thread that keeps the JVM alive. On a YARN cluster this method returns,
   * because the application master continues after this class and treats an early exit with any
   * code as a failure.
   */
  public static void main(String[] args) {
    requireReadable(args);
    CommandLine commandLine = commandLine();
    if (System.getProperty("spark.master") != null && !insideApplicationMaster()) {
      commandLine.setErr(new PrintWriter(StandardError.replace(), true));
    }
    Launcher.follow();
    int exitCode;
    try {
      exitCode = commandLine.execute(args);
    } catch (Error e) {
      // If it were thrown further, it would end only this thread and not the JVM.
      e.printStackTrace();
      exitCode = CommandLine.ExitCode.SOFTWARE;
    }
    if (exitCode != CommandLine.ExitCode.OK || !insideApplicationMaster()) {
      Launcher.leave(exitCode);
    }
  }

  /**
   * Refuses arguments that the JVM could not read: bytes that are not characters in the charset of
   * the locale.
   */
  private static void requireReadable(String[] args) {
    for (String argument : args) {
      if (argument.indexOf('\uFFFD') >= 0) {
        System.err.println(
            "convoy: '"
                + argument
                + "' has letters that this JVM cannot read: set LC_ALL=C.UTF-8, as deploy/convoy"
                + " does");
        System.exit(CommandLine.ExitCode.USAGE);
      }
    }
  }

  /**
   * Whether this is the driver in a YARN cluster, where the process continues after the command.
   */
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

  /**
   * {@code convoy} without a command: prints the help and returns the exit code of a wrong request.
   */
  @Override
  public void run() {
    PrintWriter err = spec.commandLine().getErr();
    spec.commandLine().usage(err);
    throw new RequestException("no command was given");
  }
}
