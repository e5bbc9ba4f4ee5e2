package org.convoy.kernels.cudnn;

import java.util.Optional;

/** Finds engines. */
interface Engines {

  /** The word for the choice of Convoy's own kernels. */
  String OWN = "convoy:cuda";

  /** Finds none: everything is Convoy's own kernels. */
  Engines NONE = (work, chosen) -> Optional.empty();

  /**
   * The first deterministic engine in the library's own order that suits.
   *
   * @param chosen the word of an earlier choice, which is taken again if the library still has it
   * @return empty if there is none
   */
  Optional<Engine> find(Work work, Optional<String> chosen);
}
