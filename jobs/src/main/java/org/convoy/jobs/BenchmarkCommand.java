package org.convoy.jobs;

import org.convoy.settings.RequestException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code convoy benchmark}: how fast this machine computes, and the bound on it. */
@Command(
    name = "benchmark",
    description = "Measures how fast this machine computes.",
    mixinStandardHelpOptions = true,
    subcommands = {
      BenchmarkStepCommand.class,
      BenchmarkInputCommand.class,
      BenchmarkRivalsCommand.class,
      BenchmarkExchangeCommand.class
    },
    footer = {"%nExample:", "  deploy/convoy benchmark step --model resnet50 --batch 32"})
public final class BenchmarkCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getErr());
    throw new RequestException(
        "benchmark: expected what to measure: step, input, rivals or exchange");
  }
}
