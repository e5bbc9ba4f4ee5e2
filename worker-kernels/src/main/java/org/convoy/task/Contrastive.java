package org.convoy.task;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.convoy.loss.Loss;
import org.convoy.loss.NtXent;
import org.convoy.loss.Targets;
import org.convoy.settings.Checks;
import org.convoy.settings.Variants;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Self-supervised training by contrast (SimCLR, Chen et al. 2020, arXiv 2002.05709): two views of
 * each image, each augmented by draws of its own, get similar outputs, and views of other images do
 * not. Classes have no part in it. A projection head of two layers gives the outputs: the network's
 * last layer with {@code hidden} outputs, a rectifier, and a linear layer with {@code features}.
 * What has been learned is evaluated by training a classifier on the network without this head.
 *
 * @param hidden the width of the projection head
 * @param features the number of outputs
 */
public record Contrastive(int hidden, int features) implements SelfSupervised {
  /** Checks the rules. */
  public Contrastive {
    new Checks().atLeast("hidden", hidden, 1).atLeast("features", features, 1).done();
  }

  @Override
  public List<String> labels(List<String> classes, int outputs) {
    return IntStream.range(0, outputs)
        .mapToObj(number -> String.format(Locale.ROOT, "feature-%d", number))
        .toList();
  }

  @Override
  public Optional<String> refusal(Loss loss) {
    return loss instanceof NtXent
        ? Optional.empty()
        : Optional.of(
            "expected nt-xent for views of images, got " + Variants.name(loss.getClass()));
  }

  @Override
  public Targets targets(List<Target> samples, INDArray rows) {
    return Targets.pairs();
  }
}
