package org.convoy.explanation;

import java.util.Optional;

/**
 * What a method says of one image that decoded, or why it did not.
 *
 * @param id the image's number, given by the caller
 * @param refusal the reason if the image did not decode
 */
public record ExplainedImage(long id, Optional<Explained> explained, Optional<String> refusal) {

  /**
   * An explanation of an image.
   *
   * @param label the class whose output is explained
   * @param probability of this class, by the rule of the model's task
   * @param png the attribution over the picture that the network saw: red speaks for the class,
   *     blue against it
   */
  public record Explained(String label, double probability, Attribution attribution, byte[] png) {}
}
