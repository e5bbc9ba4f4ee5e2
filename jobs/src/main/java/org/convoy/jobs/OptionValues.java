package org.convoy.jobs;

import java.util.Optional;
import java.util.function.Function;
import org.convoy.jobs.exchange.Bandwidth;
import org.convoy.settings.RequestException;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads the values of options, and says what is wrong with one as everywhere: the option, what was
 * expected, what was given.
 */
final class OptionValues {
  private OptionValues() {}

  /** Registers how values are read with a command and all below it, and returns it. */
  static CommandLine register(CommandLine command) {
    return command
        .registerConverter(int.class, numbers("a whole number", Integer::valueOf))
        .registerConverter(Integer.class, numbers("a whole number", Integer::valueOf))
        .registerConverter(long.class, numbers("a whole number", Long::valueOf))
        .registerConverter(Long.class, numbers("a whole number", Long::valueOf))
        .registerConverter(double.class, numbers("a number", Double::valueOf))
        .registerConverter(Double.class, numbers("a number", Double::valueOf))
        .registerConverter(Bandwidth.class, OptionValues::bandwidth);
  }

  private static <T> ITypeConverter<T> numbers(String expected, Function<String, T> reader) {
    return text -> {
      try {
        return reader.apply(text);
      } catch (NumberFormatException e) {
        throw new TypeConversionException("expected " + expected + ", got " + text);
      }
    };
  }

  private static Bandwidth bandwidth(String text) {
    try {
      return Bandwidth.parse(text);
    } catch (RequestException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  /** What is wrong with the value of an option; empty if it is something else that is wrong. */
  static Optional<String> wrong(ParameterException failure) {
    return failure.getArgSpec() instanceof OptionSpec option
            && failure.getCause() instanceof TypeConversionException cause
        ? Optional.of(option.longestName() + ": " + cause.getMessage())
        : Optional.empty();
  }
}
