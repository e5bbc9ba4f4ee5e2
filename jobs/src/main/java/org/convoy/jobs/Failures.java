package org.convoy.jobs;

import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import org.convoy.driver.data.DataSetException;
import org.convoy.settings.RequestException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Turns exceptions into one message and an exit code: 2 for a wrong request ({@link
 * RequestException}, {@link DataSetException}, or arguments that do not parse), 1 for everything
 * else, an {@link IllegalArgumentException} from inside too. The stack trace is printed with {@code
 * --verbose}.
 */
final class Failures {
  private Failures() {}

  /** Arguments that do not parse. */
  static int ofRequest(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("convoy: " + failure.getMessage());
    UnmatchedArgumentException.printSuggestions(failure, err);
    err.println("'" + command.getCommandSpec().qualifiedName() + " --help' says what it takes.");
    err.flush();
    return CommandLine.ExitCode.USAGE;
  }

  /** A command that threw. */
  static int ofRun(Exception failure, CommandLine command, ParseResult arguments) {
    PrintWriter err = command.getErr();
    err.println("convoy: " + describe(failure));
    if (verbose(arguments)) {
      failure.printStackTrace(err);
    }
    err.flush();
    return isRequest(failure) ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
  }

  private static boolean isRequest(Exception failure) {
    return failure instanceof RequestException || failure instanceof DataSetException;
  }

  /** The message, or what can be said in its place where an exception has none of its own. */
  private static String describe(Exception failure) {
    String message = failure.getMessage();
    if (message == null || message.isBlank()) {
      return failure.getClass().getName() + " (--verbose says where)";
    }
    if (failure instanceof FileSystemException file && file.getReason() == null) {
      // Its message is the path alone; the class says what is the matter with it.
      String matter = failure.getClass().getSimpleName().replaceFirst("Exception$", "");
      return matter.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(java.util.Locale.ROOT)
          + ": "
          + message;
    }
    return message;
  }

  /** Whether {@code --verbose} was given, at whatever depth: before the command or after it. */
  private static boolean verbose(ParseResult arguments) {
    for (ParseResult at = arguments; ; at = at.subcommand()) {
      if (at.hasMatchedOption("--verbose")) {
        return true;
      }
      if (!at.hasSubcommand()) {
        return false;
      }
    }
  }
}
