package org.convoy.jobs;

import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import org.convoy.driver.data.DataSetException;
import org.convoy.driver.monitor.Printable;
import org.convoy.settings.RequestException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Turns exceptions into one message and an exit code: 2 for a wrong request ({@link
 * RequestException}, {@link DataSetException}, or arguments that do not parse), 1 for everything
 * else, even an {@link IllegalArgumentException} from inside Convoy. The stack trace is printed
 * with {@code --verbose}.
 */
final class Failures {
  private String first = "";

  /** The first line of what was reported; empty if nothing was. */
  String first() {
    return first;
  }

  /** Reports arguments that do not parse. */
  int ofRequest(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    report(err, OptionValues.wrong(failure).orElse(String.valueOf(failure.getMessage())));
    UnmatchedArgumentException.printSuggestions(failure, err);
    err.println("'" + command.getCommandSpec().qualifiedName() + " --help' shows the options.");
    err.flush();
    return CommandLine.ExitCode.USAGE;
  }

  /** Reports an exception of a command. */
  int ofRun(Exception failure, CommandLine command, ParseResult arguments) {
    PrintWriter err = command.getErr();
    report(err, describe(failure));
    if (verbose(arguments)) {
      failure.printStackTrace(err);
    }
    err.flush();
    return isRequest(failure) ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
  }

  private void report(PrintWriter err, String message) {
    String printable = Printable.message(message);
    first = printable.lines().findFirst().orElse("");
    err.println("convoy: " + printable);
  }

  private static boolean isRequest(Exception failure) {
    return failure instanceof RequestException || failure instanceof DataSetException;
  }

  /** The message, or a substitute if the exception has none. */
  private static String describe(Exception failure) {
    String message = failure.getMessage();
    if (message == null || message.isBlank()) {
      return failure.getClass().getName() + " (--verbose shows where)";
    }
    if (failure instanceof FileSystemException file && file.getReason() == null) {
      // Its message is only the path. The class tells what is wrong with it.
      String matter = failure.getClass().getSimpleName().replaceFirst("Exception$", "");
      return matter.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(java.util.Locale.ROOT)
          + ": "
          + message;
    }
    return message;
  }

  /** Whether {@code --verbose} was given, before or after the command. */
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
