package org.convoy.driver.training;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.evaluation.ModelFolder;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.image.transform.Preprocessing;
import org.convoy.models.Models;
import org.convoy.settings.RequestException;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A saved model that training starts from: its tensors are taken by name. Where its classes are
 * others than the run's, the head is not taken: those are the tensors whose shape depends on the
 * number of classes.
 */
final class StartingPoint {
  private static final int SHOWN = 5;

  private final SavedModel model;
  private final String location;
  private final Parameters from;
  private final Parameters to;
  private final Set<String> remade = new LinkedHashSet<>();

  /**
   * @param location as messages call the model
   * @throws RequestException if tensors are missing, too many or of other shapes; the message lists
   *     them
   */
  StartingPoint(SavedModel model, String location, RunSpec spec) {
    this.model = model;
    this.location = location;
    this.from = Parameters.of(model.graph());
    this.to = Parameters.of(spec.graph());
    if (!model.labels().equals(spec.classes())) {
      remade.addAll(head(spec));
    }
    requireFitting(spec.graph().name());
  }

  /** The tensors of another shape in the same network for one class more. */
  private List<String> head(RunSpec spec) {
    Graph more =
        Models.get(spec.recipe().model().name())
            .build(spec.graph().inputShape(), spec.classes().size() + 1);
    Parameters others = Parameters.of(more);
    return to.all().stream()
        .filter(
            parameter ->
                !others.contains(parameter.name())
                    || !others.get(parameter.name()).shape().equals(parameter.shape()))
        .map(Parameter::name)
        .toList();
  }

  private void requireFitting(String network) {
    Set<String> missing = new TreeSet<>();
    Set<String> misshapen = new TreeSet<>();
    for (Parameter parameter : to.all()) {
      String name = parameter.name();
      if (remade.contains(name)) {
        continue;
      } else if (!from.contains(name)) {
        missing.add(name);
      } else if (!from.get(name).shape().equals(parameter.shape())) {
        misshapen.add(
            String.format(
                Locale.ROOT, "%s %s for %s", name, from.get(name).shape(), parameter.shape()));
      }
    }
    Set<String> extra =
        from.all().stream()
            .map(Parameter::name)
            .filter(name -> !to.contains(name) && !remade.contains(name))
            .collect(Collectors.toCollection(TreeSet::new));
    List<String> problems = new ArrayList<>();
    problem("lacks", missing).ifPresent(problems::add);
    problem("has too many:", extra).ifPresent(problems::add);
    problem("has of another shape:", misshapen).ifPresent(problems::add);
    if (!problems.isEmpty()) {
      throw new RequestException(
          String.format(
              Locale.ROOT,
              "model.start: %s holds a %s, expected the tensors of %s; it %s",
              location,
              model.graph().name(),
              network,
              String.join("; it ", problems)));
    }
  }

  private static Optional<String> problem(String what, Set<String> names) {
    if (names.isEmpty()) {
      return Optional.empty();
    }
    String some = names.stream().limit(SHOWN).collect(Collectors.joining(", "));
    String more = names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : "";
    return Optional.of(what + " " + some + more);
  }

  /** Copies the model's tensors into a vector of the run's network; those of the head stay. */
  void copyTo(INDArray parameters) {
    for (Parameter parameter : to.all()) {
      if (!remade.contains(parameter.name())) {
        to.view(parameters, parameter)
            .assign(from.view(model.weights(), from.get(parameter.name())));
      }
    }
  }

  /** What the user is told: what is taken, and what is not. */
  String describe() {
    String taken =
        String.format(
            Locale.ROOT,
            "training starts from %s (%s, %d of %d tensors)",
            location,
            model.graph().name(),
            to.all().size() - remade.size(),
            to.all().size());
    return remade.isEmpty()
        ? taken
        : String.format(
            Locale.ROOT,
            "%s; %s are drawn from the seed, for its %d classes are not the run's %d",
            taken,
            String.join(", ", remade),
            model.labels().size(),
            classes());
  }

  private int classes() {
    return Math.toIntExact(to.get(remade.iterator().next()).shape().dimension(0));
  }

  /**
   * How images became the model's input, where the run does it otherwise: weights have got used to
   * it.
   *
   * @param here what the run does
   */
  Optional<String> preprocessingDiffers(Preprocessing here) {
    Preprocessing there = ModelFolder.preprocessing(model);
    List<String> differences = new ArrayList<>();
    if (!there.normalisation().equals(here.normalisation())) {
      differences.add("normalisation " + there.normalisation() + ", here " + here.normalisation());
    }
    if (there.height() != here.height() || there.width() != here.width()) {
      differences.add(
          String.format(
              Locale.ROOT,
              "images of %dx%d, here %dx%d",
              there.height(),
              there.width(),
              here.height(),
              here.width()));
    }
    if (!there.evaluation().equals(here.evaluation())) {
      differences.add("evaluation by " + there.evaluation() + ", here by " + here.evaluation());
    }
    return differences.isEmpty()
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "the model at %s was trained with other preprocessing than this recipe has: there %s",
                location,
                String.join("; there ", differences)));
  }
}
