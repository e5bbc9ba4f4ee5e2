package org.convoy.inference;

import java.util.Optional;

/**
 * A network's outputs for one image.
 *
 * @param id the image's number, given by the caller
 * @param name the image's name, given by the caller
 * @param logits one for each class; empty if the image did not decode
 * @param embedding the features that the last layer makes logits of; empty if the model was not
 *     asked for them
 * @param refusal the reason if the image did not decode
 */
public record ImageScores(
    long id, String name, float[] logits, float[] embedding, Optional<String> refusal) {

  /** Whether the image decoded, so that there are logits. */
  public boolean isDecoded() {
    return refusal.isEmpty();
  }

  /** The class with the largest output, the first of equals. Only for an image that decoded. */
  public int best() {
    int best = 0;
    for (int label = 1; label < logits.length; label++) {
      if (logits[label] > logits[best]) {
        best = label;
      }
    }
    return best;
  }
}
