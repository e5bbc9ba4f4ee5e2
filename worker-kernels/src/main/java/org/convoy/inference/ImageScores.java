package org.convoy.inference;

import java.util.Optional;

/**
 * A network's outputs for one image.
 *
 * @param id the image's number, given by the caller
 * @param name the image's name, given by the caller
 * @param logits one for each class; empty if the image did not decode
 * @param refusal the reason if the image did not decode
 */
public record ImageScores(long id, String name, float[] logits, Optional<String> refusal) {

  /** Whether the image decoded, so that there are logits. */
  public boolean isDecoded() {
    return refusal.isEmpty();
  }
}
