package org.convoy.jobs;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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
      FindRateCommand.class,
      SearchCommand.class,
      EvaluateCommand.class,
      DoctorCommand.class,
      InspectCommand.class,
      PackCommand.class,
      PredictCommand.class,
      ExplainCommand.class,
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
   * coordinator leaves a thread that keeps the JVM alive. Inside a YARN application master it
   * returns instead, or throws {@link CommandFailed}: the master continues after this class, treats
   * an early exit with any code as a failure without a reason, and passes on the message of an
   * exception to whoever submitted the application.
   */
  public static void main(String[] args) {
    requireReadable(args);
    requireSpark();
    Failures failures = new Failures();
    CommandLine commandLine = commandLine(failures);
    if (System.getProperty("spark.master") != null && !ApplicationMaster.isHere()) {
      commandLine.setErr(new PrintWriter(StandardError.replace(), true, StandardCharsets.UTF_8));
    }
    Launcher.follow();
    int exitCode;
    String cause;
    try {
      exitCode = commandLine.execute(args);
      cause = failures.first();
    } catch (Error e) {
      // If it were thrown further, it would end only this thread and not the JVM.
      e.printStackTrace();
      exitCode = CommandLine.ExitCode.SOFTWARE;
      cause = e.toString();
    }
    if (!ApplicationMaster.isHere()) {
      Launcher.leave(exitCode);
    } else if (exitCode != CommandLine.ExitCode.OK) {
      throw new CommandFailed(exitCode, cause);
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

  /** Refuses a Spark for which there is another jar, before its classes are used. */
  private static void requireSpark() {
    try {
      SparkLine.mismatch()
          .ifPresent(
              message -> {
                System.err.println("convoy: " + message);
                System.exit(CommandLine.ExitCode.USAGE);
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The parser with all commands, ready to execute. */
  static CommandLine commandLine() {
    return commandLine(new Failures());
  }

  private static CommandLine commandLine(Failures failures) {
    return OptionValues.register(new CommandLine(new Main()))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setAbbreviatedOptionsAllowed(false)
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler(failures::ofRequest)
        .setExecutionExceptionHandler(failures::ofRun);
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
