package org.convoy.driver.config;

import java.io.Serializable;
import java.util.List;
import org.convoy.settings.Checks;

/**
 * The network to train.
 *
 * @param name its name in the models registry, for example {@code resnet50}
 * @param input shape of one input, channels first, for example [3, 224, 224]; empty: the model's
 *     default
 * @param start folder of a saved model, or file of weights, that training starts from; empty:
 *     weights drawn from the seed
 * @param auxiliaryWeight the weight of the loss of each auxiliary classifier of the network's
 *     paper; 0: the network has none
 * @param startAtZero patterns, as {@link ParameterGroup} has them, for the names of tensors that
 *     start at zero and are not drawn
 * @param dropBlock what is dropped from feature maps in training
 */
public record ModelSettings(
    String name,
    List<Integer> input,
    @Incidental String start,
    double auxiliaryWeight,
    List<String> startAtZero,
    DropBlockSettings dropBlock)
    implements Serializable {

  /** Checks the rules. */
  public ModelSettings {
    input = List.copyOf(input);
    startAtZero = List.copyOf(startAtZero);
    new Checks()
        .present("name", name, "the name of a model, for example resnet20")
        .that(
            input.isEmpty() || input.size() >= 2,
            "input",
            "expected channels and then the extents, for example [3, 32, 32], got " + input)
        .that(
            input.stream().allMatch(extent -> extent > 0),
            "input",
            "expected extents of at least 1, got " + input)
        .that(
            auxiliaryWeight >= 0 && Double.isFinite(auxiliaryWeight),
            "auxiliary-weight",
            "expected at least 0, got " + auxiliaryWeight)
        .that(
            startAtZero.stream().allMatch(ParameterGroup::isPattern),
            "start-at-zero",
            "expected patterns with each [ closed by a ], got " + startAtZero)
        .done();
  }

  /**
   * The place of what training starts from, as a Hadoop path, see {@link DataSettings#location}.
   */
  public String startLocation() {
    return Location.of(start);
  }
}
