package org.convoy.kernels.cudnn;

import java.util.Optional;

/** Finds engines. */
interface Engines {

  /** The word for the choice of Convoy's own kernels. */
  String OWN = "convoy:cuda";

  /** Finds none: everything is Convoy's own kernels. */
  Engines NONE = (work, chosen, workspaceLimit) -> Optional.empty();

  /** In the place of engines that are not known yet: each takes all scratch memory that it may. */
  Engines LARGEST =
      (work, chosen, workspaceLimit) -> Optional.of(new UnknownEngine(workspaceLimit));

  /** An engine of which only the most scratch memory is known. */
  record UnknownEngine(long workspaceBytes) implements Engine {
    @Override
    public String word() {
      return "unknown";
    }

    @Override
    public void launch(long workspace, long... places) {
      throw new IllegalStateException("this engine stands for one that is not known yet");
    }

    @Override
    public void close() {
      // It holds nothing.
    }
  }

  /**
   * The first deterministic engine in the library's own order that suits.
   *
   * @param chosen the word of an earlier choice, which is taken again if the library still has it
   * @param workspaceLimit the bytes of scratch memory that an engine may take
   * @return empty if there is none
   */
  Optional<Engine> find(Work work, Optional<String> chosen, long workspaceLimit);
}
