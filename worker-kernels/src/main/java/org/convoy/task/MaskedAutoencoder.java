package org.convoy.task;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.convoy.loss.Loss;
import org.convoy.loss.MeanSquaredError;
import org.convoy.loss.Targets;
import org.convoy.settings.Checks;
import org.convoy.settings.Variants;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Self-supervised training by restoring (ConvNeXt V2's masked autoencoder, Woo et al. 2023, arXiv
 * 2301.00808, section 3.1): most patches of each image are hidden, and the network gives their
 * pixels, each patch normalised by its own mean and deviation. Classes have no part in it. A patch
 * is what the network reduces to one position. What has been learned is evaluated by training a
 * classifier on the network without the decoder.
 *
 * @param ratio of the patches that are hidden
 * @param width the number of channels of the decoder
 */
public record MaskedAutoencoder(double ratio, int width) implements SelfSupervised {
  /** Checks the rules. */
  public MaskedAutoencoder {
    new Checks()
        .that(
            ratio > 0 && ratio < 1,
            "ratio",
            "expected more than zero and less than one, got " + Checks.number(ratio))
        .atLeast("width", width, 1)
        .done();
  }

  @Override
  public List<String> labels(List<String> classes, int outputs) {
    return IntStream.range(0, outputs)
        .mapToObj(number -> String.format(Locale.ROOT, "pixel-%d", number))
        .toList();
  }

  @Override
  public Optional<String> refusal(Loss loss) {
    return loss instanceof MeanSquaredError
        ? Optional.empty()
        : Optional.of(
            "expected mean-squared-error for patches of images, got "
                + Variants.name(loss.getClass()));
  }

  /** The targets are in the images: who has them fills the rows. */
  @Override
  public Targets targets(List<Target> samples, INDArray rows) {
    return Targets.dense(rows);
  }
}
