package org.convoy.jobs;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.models.Models;
import org.convoy.models.Published;
import org.convoy.settings.RequestException;
import org.jspecify.annotations.Nullable;
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
          + " papers, the number of trained parameters, and the multiply-adds per sample. With"
          + " --layers it lists the layers of one network."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "%nExamples:",
      "  deploy/convoy models resnet18 resnet50",
      "  deploy/convoy models resnet50 --layers --side 192"
    })
public final class ModelsCommand implements Callable<Integer> {
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

  @Option(
      names = "--layers",
      description =
          "List the layers: op, shape of the result, trained parameters and multiply-adds per"
              + " sample, stride and receptive field in pixels of the image.")
  private boolean layers;

  @Option(
      names = "--side",
      paramLabel = "PX",
      description = "With --layers: height and width of the image (default: the network's own).")
  private @Nullable Integer side;

  @Mixin private final JsonOption json = new JsonOption();

  @Override
  public Integer call() {
    List<Models.Model> models =
        names.isEmpty()
            ? Models.all()
            : RequestException.asked(() -> names.stream().map(Models::get).toList());
    PrintWriter out = spec.commandLine().getOut();
    if (layers) {
      printLayers(models, out);
      return 0;
    }
    if (side != null) {
      throw new RequestException("--side: expected --layers too");
    }
    List<Row> rows = models.stream().map(Row::of).toList();
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
    new TextTable(2).print(table, out);
  }

  private void printLayers(List<Models.Model> models, PrintWriter out) {
    if (names.size() != 1) {
      throw new RequestException("--layers: expected one network, got " + names.size());
    }
    Models.Model model = models.get(0);
    if (side != null && side < 1) {
      throw new RequestException("--side: expected a whole number from 1, got " + side);
    }
    Shape input = side == null ? model.input() : Shape.of(model.input().channels(), side, side);
    LayerTable table =
        RequestException.asked(() -> LayerTable.of(model.build(input, model.classes())));
    if (!json.wanted()) {
      table.print(out);
    }
    json.print(out, table.toJson());
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
