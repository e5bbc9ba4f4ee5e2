package org.convoy.jobs;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.convoy.graph.Graph;
import org.convoy.models.Models;
import org.convoy.models.Published;
import org.convoy.settings.RequestException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code convoy models}: lists the networks, as in their papers. Loads no native library. */
@Command(
    name = "models",
    description = {
      "Lists the networks that a recipe can name: the input and the number of classes in their"
          + " papers, the number of trained parameters, and the multiply-adds per sample."
    },
    mixinStandardHelpOptions = true,
    footer = {"%nExample:", "  deploy/convoy models resnet18 resnet50"})
public final class ModelsCommand implements Callable<Integer> {
  private static final String GAP = "  ";

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(
      paramLabel = "NAME",
      arity = "0..*",
      description = "Only these networks (default: all).")
  private final List<String> names = new ArrayList<>();

  @Option(
      names = "--markdown",
      description = "Print a table in Markdown, with published accuracies and their sources.")
  private boolean markdown;

  @Mixin private final JsonOption json = new JsonOption();

  @Override
  public Integer call() {
    List<Models.Model> models =
        names.isEmpty()
            ? Models.all()
            : RequestException.asked(() -> names.stream().map(Models::get).toList());
    List<Row> rows = models.stream().map(Row::of).toList();
    PrintWriter out = spec.commandLine().getOut();
    if (markdown) {
      printMarkdown(rows, out);
    } else if (!json.wanted()) {
      print(rows, out);
    }
    json.print(out, Map.of("models", rows.stream().map(Row::toJson).toList()));
    return 0;
  }

  private static void print(List<Row> rows, PrintWriter out) {
    List<String[]> table = new ArrayList<>();
    table.add(new String[] {"name", "input", "classes", "parameters", "multiply-adds"});
    rows.forEach(row -> table.add(row.cells()));
    int[] widths = new int[table.get(0).length];
    for (String[] cells : table) {
      for (int column = 0; column < cells.length; column++) {
        widths[column] = Math.max(widths[column], cells[column].length());
      }
    }
    for (String[] cells : table) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < cells.length; column++) {
        String pad = " ".repeat(widths[column] - cells[column].length());
        // Text to the left, numbers to the right.
        line.append(column == 0 ? "" : GAP)
            .append(column < 2 ? cells[column] + pad : pad + cells[column]);
      }
      out.println(line);
    }
    out.flush();
  }

  private static void printMarkdown(List<Row> rows, PrintWriter out) {
    out.println(
        "| Network | Input | Classes | Parameters | Multiply-adds | Crop | Top-1 % | Source |");
    out.println("|---|---|--:|--:|--:|--:|--:|---|");
    for (Row row : rows) {
      List<String> cells = new ArrayList<>(List.of(row.cells()));
      cells.set(0, "`" + row.model.name() + "`");
      cells.add(String.valueOf(row.model.preprocessing().crop()));
      Published published = row.model.published();
      cells.add(published == null ? "" : String.valueOf(published.top1()));
      cells.add(published == null ? "" : published.source());
      out.println("| " + String.join(" | ", cells) + " |");
    }
    out.flush();
  }

  /**
   * A line of the table.
   *
   * @param parameters number of trained elements
   * @param multiplyAdds multiply-adds of the forward pass of one sample
   */
  private record Row(Models.Model model, long parameters, long multiplyAdds) {
    static Row of(Models.Model model) {
      Graph graph = model.build();
      return new Row(
          model, org.convoy.graph.Parameters.of(graph).trainableLength(), graph.multiplyAdds());
    }

    String[] cells() {
      return new String[] {
        model.name(),
        model.input().toString(),
        String.valueOf(model.classes()),
        String.format(Locale.ROOT, "%,d", parameters),
        String.format(Locale.ROOT, "%,d", multiplyAdds)
      };
    }

    Map<String, Object> toJson() {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("name", model.name());
      object.put("input", model.input());
      object.put("classes", model.classes());
      object.put("parameters", parameters);
      object.put("multiply_adds", multiplyAdds);
      object.put("preprocessing", model.preprocessing());
      Published published = model.published();
      if (published != null) {
        object.put("published", published);
      }
      return object;
    }
  }
}
