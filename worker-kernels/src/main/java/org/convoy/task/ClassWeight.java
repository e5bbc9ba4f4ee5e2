package org.convoy.task;

import java.io.Serializable;
import org.convoy.settings.Checks;

/**
 * The weight of a class.
 *
 * @param label the name of the class
 * @param weight how much each of its images counts, in proportion to an image of a class that is
 *     not listed, which has weight 1
 */
public record ClassWeight(String label, double weight) implements Serializable {
  /** Checks the rules. */
  public ClassWeight {
    new Checks().present("label", label, "the name of a class").positive("weight", weight).done();
  }
}
