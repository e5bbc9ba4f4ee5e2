package org.convoy.pickle;

import java.util.List;
import java.util.Optional;

/**
 * The functions and classes of Python that a pickle may name, and what stands for their results.
 */
public interface PickleFunctions {

  /**
   * Whether a pickle may name this.
   *
   * @param name module and name, with a point between them
   */
  boolean knows(String name);

  /** What a pickle that names something else is not, and what was expected, for messages. */
  String expected();

  /**
   * What stands for the result of a call.
   *
   * @param name one that is known
   * @return empty if the arguments are not those of the function
   */
  Optional<PickleValue> call(String name, List<PickleValue> arguments);

  /** A value after its state was set: without an own rule, the value. */
  default PickleValue withState(PickleValue value, PickleValue state) {
    return value;
  }

  /**
   * What stands for an object that lies outside the pickle.
   *
   * @param id what the pickle knows it by
   * @return empty if that is not how such objects are known
   */
  default Optional<PickleValue> outside(PickleValue id) {
    return Optional.empty();
  }
}
