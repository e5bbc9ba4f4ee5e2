package org.convoy.driver.config;

import java.io.Serializable;
import org.convoy.loss.Distillation;
import org.convoy.settings.Checks;

/**
 * Whether a network also learns from another's outputs.
 *
 * @param teacher folder of a saved model of the same classes; empty: there is none
 * @param temperature that softens both distributions
 * @param weight of the teacher's part in the loss, beside that of the labels
 */
public record DistillationSettings(@Incidental String teacher, double temperature, double weight)
    implements Serializable {

  /** Checks the rules. */
  public DistillationSettings {
    new Checks().positive("temperature", temperature).part("weight", weight).done();
  }

  /** Whether there is a teacher. */
  public boolean on() {
    return !teacher.isEmpty();
  }

  /** The loss with a teacher. */
  public Distillation loss() {
    return new Distillation(temperature, weight);
  }

  /** The teacher's place as a Hadoop path, see {@link DataSettings#location}. */
  public String location() {
    return Location.of(teacher);
  }
}
