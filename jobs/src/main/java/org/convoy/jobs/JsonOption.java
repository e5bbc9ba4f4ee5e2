package org.convoy.jobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import picocli.CommandLine.Option;

/**
 * The option {@code --json} of every command that computes: the result as one JSON object, on one
 * line, the last of standard output. Use as a {@code @Mixin}.
 */
public final class JsonOption {
  @Option(names = "--json", description = "Print the result as one JSON object on the last line.")
  private boolean json;

  /** Whether JSON was requested. */
  public boolean wanted() {
    return json;
  }

  /**
   * Prints the result if JSON was requested, else nothing.
   *
   * @param out standard output, from {@code CommandLine.getOut()} of the command
   * @param result a Jackson tree, a record or a map
   */
  public void print(PrintWriter out, Object result) {
    if (!json) {
      return;
    }
    try {
      out.println(new ObjectMapper().writeValueAsString(result));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write " + result.getClass() + " as JSON", e);
    }
    out.flush();
  }
}
